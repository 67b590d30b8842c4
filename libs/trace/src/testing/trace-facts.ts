import { EVENT, readReply, readToolName } from '../model/vocabulary.js';
import type { EventDto, FullTraceResponse } from '../contract/responses.js';

export interface ToolCall {
  name: string;
  input: unknown;
}

/** Points have no name of their own, except an error, which has its location. */
export function isSpan({ name, type }: EventDto): boolean {
  return name !== null && type !== EVENT.error;
}

export function openSpans(trace: FullTraceResponse): EventDto[] {
  return trace.events.filter((event) => isSpan(event) && event.duration_ms === null);
}

/** Spans of kind `tool` and `tool_execution` events, in order. */
export function toolCalls(trace: FullTraceResponse): ToolCall[] {
  return trace.events.flatMap((event) => {
    if (isSpan(event)) return event.type === 'tool' ? [{ name: event.name!, input: field(event.data, 'input') }] : [];
    if (event.type !== EVENT.tool) return [];
    return [{ name: readToolName(event.data) ?? 'unknown', input: field(event.data, 'input') ?? event.data }];
  });
}

/** The texts of `message_sent` events, in order. */
export function replies(trace: FullTraceResponse): string[] {
  return trace.events.flatMap(({ type, data, again }) => {
    const text = type === EVENT.sent && !again ? readReply(data).text : undefined;
    return text === undefined ? [] : [text];
  });
}

/** A line of a log. */
export interface LoggedLine {
  level: string;
  context: string | undefined;
  message: string;
}

/** The `log` events, in order. */
export function logLines(trace: FullTraceResponse): LoggedLine[] {
  return trace.events.flatMap(({ type, data }) => {
    if (type !== EVENT.log) return [];
    const [level, context, message] = ['level', 'context', 'message'].map((key) => field(data, key));
    return [{ level: String(level), context: context as string | undefined, message: String(message ?? '') }];
  });
}

/** Part of a failure's message: the fact, the trace's id and its timeline. */
export function block(trace: FullTraceResponse, fact: string): string {
  return `\n${fact}\n\ntrace ${trace.trace_id}, ${trace.status}\n${trace.timeline.map((line) => `  ${line}`).join('\n')}`;
}

export function timelineOf(value: unknown): boolean {
  return Array.isArray(field(value, 'timeline'));
}

/** A value on one short line. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'undefined' : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
