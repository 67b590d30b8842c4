import { EVENT, readReply, readRoute, readToolName } from '../../model/vocabulary.js';
import { httpLine, isFailedStep, isTellingCall, llmLine, stepLine } from './call-words.js';
import type { EventTypeDefinition } from './event-type.js';
import { dataOf, number, word } from './event-data.js';
import { received } from './received.js';
import { clip, firstCharacters, oneLine } from '../text/visible-text.js';
import type { EventDto } from '../../contract/responses.js';

const SENT_CHARACTERS = 50;
/** Characters of the last reply in a summary. */
export const PREVIEW_CHARACTERS = 100;

/**
 * How each built-in event type looks: icon, line, what it adds to the summary, and whether it has a line in the timeline.
 * Point events by their type, spans under `span:<type>`.
 */
export const BUILT_IN_EVENT_TYPES: Readonly<Record<string, EventTypeDefinition>> = {
  [EVENT.received]: { icon: '📥', line: received },
  [EVENT.analysis]: {
    icon: '🧠',
    line: (event) => `Intelligence: score=${word(dataOf(event).lead_score) ?? '?'}`,
    summary: (summary, data) => {
      const score = number(data.lead_score);
      if (score !== undefined) summary.lead_score = score;
      if (typeof data.suggested_agent === 'string') summary.suggested_agent = data.suggested_agent;
    },
  },
  [EVENT.routing]: {
    icon: '🔀',
    line: (event) => `Route: ${hop(event.data)}`,
    summary: (summary, data) => void (summary.routing_path ??= []).push(hop(data)),
  },
  [EVENT.tool]: {
    icon: '🔧',
    line: (event) => `Tool: ${readToolName(event.data) ?? '?'}`,
    summary: (summary, data) => addTool(summary, readToolName(data)),
  },
  [EVENT.sent]: {
    icon: '📤',
    line: (event) => `Sent${quoted(event, SENT_CHARACTERS)}`,
    summary: (summary, data) => {
      summary.message_sent = true;
      const { text } = readReply(data);
      if (text !== undefined) summary.response_preview = firstCharacters(text, PREVIEW_CHARACTERS);
    },
  },
  [EVENT.failed]: { icon: '📵', line: refusedMessage },
  [EVENT.edited]: { icon: '✏️', line: (event) => `Edited${quoted(event, Infinity)}` },
  [EVENT.controlFlow]: {
    icon: '⏸️',
    line: (event) => {
      const { location, type, reason } = dataOf(event);
      const why = word(reason) === undefined || reason === '' ? '' : `: ${word(reason)}`;
      return `Control flow: ${word(type) ?? '?'} in ${word(location) ?? '?'}${why}`;
    },
  },
  [EVENT.log]: { icon: '📝', line: logLine, timeline: isWarning },
  [EVENT.usage]: { icon: '🧮', line: usageLine, timeline: false },
  [EVENT.tag]: { icon: '🏷️', line: tagLine, timeline: false },
  [EVENT.error]: {
    icon: '❌',
    line: (event) => {
      const { location, message, reasons } = dataOf(event);
      const why = Array.isArray(reasons) ? reasons.map((reason) => `; ${word(reason) ?? '?'}`).join('') : '';
      return `ERROR: ${word(location ?? event.name) ?? '?'}: ${word(message) ?? '?'}${why}`;
    },
  },
  [EVENT.acknowledged]: { icon: '✅', line: answered('Acknowledged'), timeline: false },
  [EVENT.rejected]: { line: rejected },
  [EVENT.aborted]: { icon: '🔌', line: (event) => `Aborted: the client went away${afterMs(event)}, unanswered` },
  'span:agent': { icon: '🤖', line: stepLine('Agent') },
  'span:tool': { icon: '🔧', line: stepLine('Tool') },
  'span:llm': { icon: '💬', line: llmLine },
  'span:http': { icon: '🌐', line: httpLine, timeline: isTellingCall },
  'span:db': { icon: '🗄️', line: stepLine('DB'), timeline: isTellingCall },
  'span:retriever': { icon: '📚', line: stepLine('Retriever'), timeline: isFailedStep },
  'span:step': { icon: '▫️', line: stepLine('Step'), timeline: isFailedStep },
};

export function addTool(summary: { tools?: string[] }, name: string | undefined): void {
  if (name !== undefined && !summary.tools?.includes(name)) (summary.tools ??= []).push(name);
}

function answered(verb: string): (event: EventDto) => string {
  return (event) => {
    const { status_code, aborted } = dataOf(event);
    return `${verb}: HTTP ${word(status_code) ?? '?'}${afterMs(event)}${aborted === true ? ', the client had gone away' : ''}`;
  };
}

/** A status of 500 or more is a failure of the application; a lower one refuses the webhook. */
function rejected(event: EventDto): string {
  const failed = (number(dataOf(event).status_code) ?? 0) >= 500;
  return failed ? `❌ ${answered('Failed')(event)}` : `🚫 ${answered('Rejected')(event)}`;
}

function afterMs(event: EventDto): string {
  const ms = number(dataOf(event).ms);
  return ms === undefined ? '' : ` after ${Math.round(ms)} ms`;
}

/** `Refused: '<text>' by <provider>: <status> <reason>`; parts that are not in the event are left out. */
function refusedMessage(event: EventDto): string {
  const data = dataOf(event);
  const provider = word(data.provider);
  const why = [data.status, data.code, data.reason].map(word).filter((part) => part !== undefined && part !== '');
  const by = provider === undefined ? '' : ` by ${provider}`;
  return `Refused${quoted(event, SENT_CHARACTERS)}${by}${why.length === 0 ? '' : `: ${why.join(' ')}`}`;
}

function logLine(event: EventDto): string {
  const { level, context, message } = dataOf(event);
  const where = word(context);
  return `${word(level) ?? 'log'}${where === undefined || where === '' ? '' : ` [${where}]`} ${word(message) ?? ''}`.trimEnd();
}

/** `Usage: gpt-5-mini`, the model of tokens that `traceUsage` reported. */
function usageLine(event: EventDto): string {
  return `Usage: ${word(dataOf(event).model) ?? 'a model'}`;
}

function tagLine(event: EventDto): string {
  const { key, value } = dataOf(event);
  return `Tag: ${word(key) ?? '?'}=${word(value) ?? '?'}`;
}

/** The levels of Nest's logger below `warn`, and those of pino and winston. */
const QUIET_LEVELS: readonly unknown[] = ['verbose', 'trace', 'silly', 'debug', 'http', 'log', 'info', 'notice'];

function isWarning(event: EventDto): boolean {
  return !QUIET_LEVELS.includes(dataOf(event).level);
}

/** Whether an event is noise in most traces: an outgoing call that went well and fast, a log line below `warn`. */
export function isQuiet(event: EventDto): boolean {
  if (event.type === EVENT.log) return !isWarning(event);
  return (event.type === 'http' || event.type === 'db') && event.span_id !== null && !isTellingCall(event);
}

/** `: '<text>'`, the text of a reply on one line; the empty text where there is none. */
function quoted({ data }: EventDto, maxCharacters: number): string {
  const { text } = readReply(data);
  return text === undefined ? '' : `: '${clip(oneLine(text), maxCharacters)}'`;
}

/** `supervisor → maria`; `?` for an agent that is not named. */
function hop(data: unknown): string {
  const { from = '?', to = '?' } = readRoute(data);
  return `${from} → ${to}`;
}
