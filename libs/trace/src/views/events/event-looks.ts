import type { EventTypeDefinition } from './event-type.js';
import { dataOf, number, word } from './event-data.js';
import { received } from './received.js';
import { clip, firstCharacters, oneLine } from '../text/visible-text.js';
import type { EventDto } from '../../contract/responses.js';

const SENT_CHARACTERS = 50;
const PREVIEW_CHARACTERS = 100;

/** The lead-agent vocabulary: every line of the contract's table, as data. Points by type, spans by `span:<kind>`. */
export const BUILT_IN_EVENT_TYPES: Readonly<Record<string, EventTypeDefinition>> = {
  webhook_received: { icon: '📥', line: received },
  intelligence_analysis: {
    icon: '🧠',
    line: (event) => `Intelligence: score=${word(dataOf(event).lead_score) ?? '?'}`,
    summary: (summary, data) => {
      const score = number(data.lead_score);
      if (score !== undefined) summary.lead_score = score;
      if (typeof data.suggested_agent === 'string') summary.suggested_agent = data.suggested_agent;
    },
  },
  agent_routing: {
    icon: '🔀',
    line: (event) => `Route: ${hop(dataOf(event))}`,
    summary: (summary, data) => void (summary.routing_path ??= []).push(hop(data)),
  },
  tool_execution: {
    icon: '🔧',
    line: (event) => `Tool: ${toolName(dataOf(event)) ?? '?'}`,
    summary: (summary, data) => addTool(summary, toolName(data)),
  },
  message_sent: {
    icon: '📤',
    line: (event) => {
      const text = sentText(dataOf(event));
      return text === undefined ? 'Sent' : `Sent: '${clip(oneLine(text), SENT_CHARACTERS)}'`;
    },
    summary: (summary, data) => {
      summary.message_sent = true;
      const text = sentText(data);
      if (text !== undefined) summary.response_preview = firstCharacters(text, PREVIEW_CHARACTERS);
    },
  },
  message_failed: { icon: '📵', line: refusedMessage },
  message_edited: {
    icon: '✏️',
    line: (event) => {
      const text = sentText(dataOf(event));
      return text === undefined ? 'Edited' : `Edited: '${oneLine(text)}'`;
    },
  },
  control_flow: {
    icon: '⏸️',
    line: (event) => {
      const { location, type, reason } = dataOf(event);
      const why = word(reason) === undefined || reason === '' ? '' : `: ${word(reason)}`;
      return `Control flow: ${word(type) ?? '?'} in ${word(location) ?? '?'}${why}`;
    },
  },
  log: { icon: '📝', line: logLine, timeline: isWarning },
  error: {
    icon: '❌',
    line: (event) => {
      const { location, message, reasons } = dataOf(event);
      const why = Array.isArray(reasons) ? reasons.map((reason) => `; ${word(reason) ?? '?'}`).join('') : '';
      return `ERROR: ${word(location ?? event.name) ?? '?'}: ${word(message) ?? '?'}${why}`;
    },
  },
  webhook_acknowledged: { icon: '✅', line: answered('Acknowledged'), timeline: false },
  webhook_rejected: { line: rejected },
  webhook_aborted: { icon: '🔌', line: (event) => `Aborted: the client went away${afterMs(event)}, unanswered` },
  'span:agent': { icon: '🤖', line: (event) => `Agent: ${event.name}` },
  'span:tool': { icon: '🔧', line: (event) => `Tool: ${event.name}` },
  'span:llm': { icon: '💬', line: (event) => `LLM: ${event.name}` },
  'span:retriever': { icon: '📚', line: (event) => `Retriever: ${event.name}`, timeline: false },
  'span:node': { icon: '▫️', line: (event) => `Step: ${event.name}`, timeline: false },
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

/** A status of 500 or more is a failure of the application; only the others refuse the webhook. */
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
  const text = sentText(data);
  const provider = word(data.provider);
  const why = [data.status, data.code, data.reason].map(word).filter((part) => part !== undefined && part !== '');
  return (
    `Refused${text === undefined ? '' : `: '${clip(oneLine(text), SENT_CHARACTERS)}'`}` +
    `${provider === undefined ? '' : ` by ${provider}`}${why.length === 0 ? '' : `: ${why.join(' ')}`}`
  );
}

function logLine(event: EventDto): string {
  const { level, context, message } = dataOf(event);
  const where = word(context);
  return `${word(level) ?? 'log'}${where === undefined || where === '' ? '' : ` [${where}]`} ${word(message) ?? ''}`.trimEnd();
}

/** The levels of Nest's logger below `warn`, and those of pino and winston. */
const QUIET_LEVELS: readonly unknown[] = ['verbose', 'trace', 'silly', 'debug', 'http', 'log', 'info', 'notice'];

function isWarning(event: EventDto): boolean {
  return !QUIET_LEVELS.includes(dataOf(event).level);
}

function hop({ from, to }: Record<string, unknown>): string {
  return `${word(from) ?? '?'} → ${word(to) ?? '?'}`;
}

/** The same places the reducer looks in. */
function toolName({ name, tool, tool_name }: Record<string, unknown>): string | undefined {
  return [name, tool, tool_name].find((candidate) => typeof candidate === 'string' && candidate !== '') as
    string | undefined;
}

function sentText({ message, text, content, body }: Record<string, unknown>): string | undefined {
  return [message, text, content, body].find((candidate) => typeof candidate === 'string') as string | undefined;
}
