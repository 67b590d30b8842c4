import type { AttributeValue } from './attributes.js';
import { logLevelOf } from './log-levels.js';
import type { UsageFields } from './usage.js';

/**
 * Names of the event types that the package records or reads. No other file has them as literals. An application may
 * record any other type: it is stored and shown, and nothing is derived from it.
 */
export const EVENT = {
  received: 'webhook_received',
  acknowledged: 'webhook_acknowledged',
  rejected: 'webhook_rejected',
  aborted: 'webhook_aborted',
  analysis: 'intelligence_analysis',
  routing: 'agent_routing',
  tool: 'tool_execution',
  sent: 'message_sent',
  failed: 'message_failed',
  edited: 'message_edited',
  log: 'log',
  usage: 'llm_usage',
  tag: 'trace_tag',
  controlFlow: 'control_flow',
  sseClosed: 'sse_closed',
  handlerCancelled: 'handler_cancelled',
  messageRejected: 'message_rejected',
  uncaughtException: 'uncaught_exception',
  unhandledRejection: 'unhandled_rejection',
  error: 'error',
} as const;

/**
 * What lists, counts and look-ups need of an event's payload. Capture computes them once and stores them in the record
 * before the payload, so that an indexer needs no payload.
 */
export interface EventFacts {
  /** The agent that handed over. Only together with `to`. */
  from?: string;
  /** The agent that took over. */
  to?: string;
  /** Name of the tool that ran. */
  tool?: string;
  /** The channel's id of the message that was sent. */
  messageId?: string;
  /**
   * A second record of a reply that the trace has already: `traceReply` and the call that sent it, or an edit of it. It is
   * not counted, and lists and conversations skip it.
   */
  again?: true;
  /** Level of a log line, under Nest's name. */
  level?: string;
  /** The tag that was set. */
  tag?: { key: string; value: AttributeValue };
  /** Tokens that `traceUsage` reported outside a model's span. */
  usage?: UsageFields;
}

/** A row of the table of event types. */
export interface EventType {
  type: string;
  /** Name under which `TraceHead.counts` has the number of these events. Left out: they are not counted. */
  counts?: string;
  /** Reads the facts from a payload; `undefined`: this one has none. Left out: no payload of the type has any. */
  facts?: (data: unknown) => EventFacts | undefined;
  /** It is a reply, whose text lists show: readers that leave payloads out read those of this type. */
  isReply?: true;
}

/** The event types of which a trace's head has more than their number. A new counted type is a row here. */
export const EVENT_TYPES: readonly EventType[] = [
  { type: EVENT.routing, facts: routeFacts },
  { type: EVENT.tool, facts: toolFacts },
  { type: EVENT.sent, counts: 'replies', facts: replyFacts, isReply: true },
  { type: EVENT.failed, counts: 'refused' },
  { type: EVENT.log, counts: 'logs', facts: logFacts },
];

const byType = new Map(EVENT_TYPES.map((row) => [row.type, row]));

/** Whether a trace with these counts sent a reply. */
export function hasReplied({ counts }: { counts: Readonly<Record<string, number>> }): boolean {
  return (counts.replies ?? 0) > 0;
}

/** The row of an event type; `undefined` for a type of which nothing is derived. */
export function eventType(type: string): EventType | undefined {
  return byType.get(type);
}

/** The hop that the payload of an `agent_routing` event describes. */
export function readRoute(data: unknown): { from?: string; to?: string } {
  return { from: textIn(data, FROM), to: textIn(data, TO) };
}

/** The tool's name in the payload of a `tool_execution` event: the first text of `name`, `tool` and `tool_name`. */
export function readToolName(data: unknown): string | undefined {
  return textIn(data, TOOL_NAMES);
}

/** The message in the payload of a `message_sent`, `message_failed` or `message_edited` event. */
export function readReply(data: unknown): { text?: string; messageId?: string; channel?: string } {
  return { text: textIn(data, REPLY_TEXTS), messageId: textIn(data, MESSAGE_ID), channel: textIn(data, CHANNEL) };
}

/** The facts of an event with this payload; `undefined`: it has none. Runs no getter of the payload. */
export function factsOf(type: string, data: unknown): EventFacts | undefined {
  return byType.get(type)?.facts?.(data);
}

/** The facts of a record. Format 1 of the journal has none: there they are read from the payload. */
export function factsIn(record: { type: string; facts?: EventFacts; data?: unknown }): EventFacts {
  return record.facts ?? factsOf(record.type, record.data) ?? NO_FACTS;
}

const NO_FACTS: EventFacts = {};
const FROM = ['from'];
const TO = ['to'];
const TOOL_NAMES = ['name', 'tool', 'tool_name'];
const REPLY_TEXTS = ['message', 'text', 'content', 'body'];
const MESSAGE_ID = ['message_id'];
const CHANNEL = ['channel'];
const LEVEL = ['level'];

/** A hop needs both its ends. */
function routeFacts(data: unknown): EventFacts | undefined {
  const from = textIn(data, FROM);
  const to = textIn(data, TO);
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}

function toolFacts(data: unknown): EventFacts | undefined {
  const tool = readToolName(data);
  return tool === undefined ? undefined : { tool };
}

function replyFacts(data: unknown): EventFacts | undefined {
  const messageId = textIn(data, MESSAGE_ID);
  return messageId === undefined ? undefined : { messageId };
}

/** Nest's name of the level, whatever the logger calls it. */
function logFacts(data: unknown): EventFacts | undefined {
  const level = textIn(data, LEVEL);
  return level === undefined ? undefined : { level: logLevelOf(level) };
}

/** The first of these members that is a text and not empty. Capture passes objects of the application: no getter is called. */
function textIn(data: unknown, names: readonly string[]): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  for (const name of names) {
    const value: unknown = Object.getOwnPropertyDescriptor(data, name)?.value;
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
