import type { EventAnswer } from './answers.js';
import type { EventTypeDefinition } from './event-type.js';
import { clip, firstCharacters, oneLine } from './visible-text.js';

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
  error: {
    icon: '❌',
    line: (event) => {
      const { location, message } = dataOf(event);
      return `ERROR: ${word(location ?? event.name) ?? '?'}: ${word(message) ?? '?'}`;
    },
  },
  webhook_acknowledged: { icon: '✅', line: answered('Acknowledged'), timeline: false },
  webhook_rejected: { icon: '🚫', line: answered('Rejected') },
  webhook_aborted: { icon: '🔌', line: (event) => `Aborted: the client went away${afterMs(event)}, unanswered` },
  'span:agent': { icon: '🤖', line: (event) => `Agent: ${event.name}` },
  'span:tool': { icon: '🔧', line: (event) => `Tool: ${event.name}` },
  'span:llm': { icon: '💬', line: (event) => `LLM: ${event.name}` },
  'span:retriever': { icon: '📚', line: (event) => `Retriever: ${event.name}`, timeline: false },
  'span:node': { icon: '▫️', line: (event) => `Step: ${event.name}`, timeline: false },
};

/** The data of an event as a record to look into; `{}` when it is something else. */
export function dataOf(event: EventAnswer): Record<string, unknown> {
  return asRecord(event.data);
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A finite number, or a text that is one. */
export function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

export function addTool(summary: { tools?: string[] }, name: string | undefined): void {
  if (name !== undefined && !summary.tools?.includes(name)) (summary.tools ??= []).push(name);
}

/** What came in: its message; without one, the request or the kind of work it was. */
function received(event: EventAnswer): string {
  const { message, method, path, type } = dataOf(event);
  if (typeof message === 'string') return `Received: '${oneLine(message)}'`;
  const request = [word(method), word(path)].filter((part) => part !== undefined).join(' ');
  const kind = word(type);
  if (request === '') return kind === undefined ? 'Received' : `Received: ${kind}`;
  return kind === undefined ? `Received: ${request}` : `Received: ${request} (${kind})`;
}

function answered(verb: string): (event: EventAnswer) => string {
  return (event) => {
    const { status_code, aborted } = dataOf(event);
    return `${verb}: HTTP ${word(status_code) ?? '?'}${afterMs(event)}${aborted === true ? ', the client had gone away' : ''}`;
  };
}

function afterMs(event: EventAnswer): string {
  const ms = number(dataOf(event).ms);
  return ms === undefined ? '' : ` after ${Math.round(ms)} ms`;
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

function word(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
