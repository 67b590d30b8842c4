import { logLevelOf, type LogLevel } from '../model/log-levels.js';
import type { EventDto, ExportResponse, FullTraceResponse } from '../contract/responses.js';
import { block, isSpan, logLines, openSpans, replies, shown, timelineOf, toolCalls } from './trace-facts.js';

/** What `expect.extend` of Jest and of Vitest takes. */
export interface MatcherResult {
  pass: boolean;
  message: () => string;
}

/** A trace as `waitFor`, `TraceService` or `GET /debug/trace/:id` answer it. */
export type MatchedTrace = FullTraceResponse;

/** What `toHaveCalledTool` expects of the calls. */
export interface ToolCallExpectation {
  /** How often, exactly. Default: at least once. */
  times?: number;
  /** What the call was given: its recorded input, of which these are parts. */
  input?: unknown;
}

/**
 * Matchers for a trace: `expect.extend(traceMatchers)`. Each failure shows what the trace has instead.
 */
export const traceMatchers = {
  /** Was handed from agent to agent like this: `toHaveRoute('supervisor', 'sofia')` or `toHaveRoute('supervisor → sofia')`. */
  toHaveRoute(received: MatchedTrace, ...agents: string[]): MatcherResult {
    const trace = asTrace(received, 'toHaveRoute');
    const hops = trace.summary.routing_path ?? [];
    const wanted = hopsOf(agents);
    const pass = wanted.length > 0 && contains(hops, wanted);
    return {
      pass,
      message: () =>
        `expected the trace ${pass ? 'not ' : ''}to be routed ${wanted.join(', ') || '(no agents were given)'}\n` +
        block(trace, hops.length === 0 ? 'nothing was routed' : `its route: ${hops.join(', ')}`),
    };
  },

  /** Called the tool, `times` often, with `input`. */
  toHaveCalledTool(received: MatchedTrace, name: string, expectation: ToolCallExpectation = {}): MatcherResult {
    const trace = asTrace(received, 'toHaveCalledTool');
    const calls = toolCalls(trace);
    const named = calls.filter((call) => call.name === name);
    const fitting = 'input' in expectation ? named.filter(({ input }) => fits(input, expectation.input)) : named;
    const pass = expectation.times === undefined ? fitting.length > 0 : fitting.length === expectation.times;
    const how = [
      ...('input' in expectation ? [`with ${shown(expectation.input)}`] : []),
      ...(expectation.times === undefined ? [] : [`${expectation.times} times`]),
    ].join(' ');
    const list = (named.length > 0 ? named : calls).map((call) => `  ${call.name}(${shown(call.input)})`);
    return {
      pass,
      message: () =>
        `expected the trace ${pass ? 'not ' : ''}to have called the tool ${name}${how && ` ${how}`}\n` +
        block(trace, calls.length === 0 ? 'it called no tool' : ['its calls:', ...list].join('\n')),
    };
  },

  /** Sent a reply; with a text or a RegExp, one that contains it. */
  toHaveReplied(received: MatchedTrace, text?: string | RegExp): MatcherResult {
    const trace = asTrace(received, 'toHaveReplied');
    const sent = replies(trace);
    const pass = text === undefined ? sent.length > 0 : sent.some((reply) => says(reply, text));
    const like = text === undefined ? '' : ` with ${text instanceof RegExp ? String(text) : JSON.stringify(text)}`;
    return {
      pass,
      message: () =>
        `expected the trace ${pass ? 'not ' : ''}to have replied${like}\n` +
        block(
          trace,
          sent.length === 0
            ? 'nothing was sent'
            : ['it sent:', ...sent.map((r) => `  ${JSON.stringify(r)}`)].join('\n'),
        ),
    };
  },

  /** Logged a line whose message contains the text, of the level if one is given. */
  toHaveLogged(received: MatchedTrace, text: string | RegExp, level?: LogLevel): MatcherResult {
    const trace = asTrace(received, 'toHaveLogged');
    const lines = logLines(trace);
    const pass = lines.some(
      (line) => says(line.message, text) && (level === undefined || logLevelOf(line.level) === level),
    );
    const like = `${text instanceof RegExp ? String(text) : JSON.stringify(text)}${level === undefined ? '' : ` at ${level}`}`;
    const list = lines.map((line) => `  ${line.level}${line.context ? ` [${line.context}]` : ''} ${line.message}`);
    return {
      pass,
      message: () =>
        `expected the trace ${pass ? 'not ' : ''}to have logged ${like}\n` +
        block(trace, lines.length === 0 ? 'no log line was recorded' : ['its log lines:', ...list].join('\n')),
    };
  },

  /** All that began has ended. */
  toHaveNoOpenSpans(received: MatchedTrace): MatcherResult {
    const trace = asTrace(received, 'toHaveNoOpenSpans');
    const open = openSpans(trace);
    const pass = open.length === 0;
    return {
      pass,
      message: () =>
        `expected the trace ${pass ? '' : 'not '}to have open spans\n` +
        block(trace, pass ? `all ${trace.events.filter(isSpan).length} spans have ended` : openList(open)),
    };
  },
} as const;

function openList(open: readonly EventDto[]): string {
  return ['still open:', ...open.map(({ type, name, timestamp }) => `  ${type} ${name} since ${timestamp}`)].join('\n');
}

/** `['a', 'b', 'c']`, `['a → b', 'b → c']` and `['a → b → c']` are the hops `a → b`, `b → c`. */
function hopsOf(agents: readonly string[]): string[] {
  if (agents.every((agent) => agent.includes('→'))) return agents.flatMap((path) => pairs(names(path)));
  return pairs(agents.flatMap(names));
}

function names(path: string): string[] {
  return path.split('→').map((name) => name.trim());
}

function pairs(stops: readonly string[]): string[] {
  return stops.slice(1).map((to, i) => `${stops[i]} → ${to}`);
}

/** Whether `hops` contains `wanted` in sequence. */
function contains(hops: readonly string[], wanted: readonly string[]): boolean {
  return hops.some((_, start) => wanted.every((hop, i) => hops[start + i] === hop));
}

/** Whether `expected` is part of `value`: objects may have more, lists and all else must be equal. */
function fits(value: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return Object.is(value, expected);
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(expected)) return false;
  if (Array.isArray(expected) && expected.length !== (value as unknown[]).length) return false;
  return Object.entries(expected).every(([key, part]) => fits((value as Record<string, unknown>)[key], part));
}

function says(reply: string, text: string | RegExp): boolean {
  return typeof text === 'string'
    ? reply.includes(text)
    : new RegExp(text.source, text.flags.replace(/[gy]/g, '')).test(reply);
}

function asTrace(received: unknown, matcher: string): MatchedTrace {
  const trace = received as Partial<ExportResponse & FullTraceResponse> | null | undefined;
  if (typeof trace === 'object' && trace !== null && Array.isArray(trace.events) && trace.summary)
    return trace as MatchedTrace;
  const what =
    received instanceof Promise
      ? 'a promise: await it first'
      : timelineOf(trace)
        ? 'an export, which has no events'
        : shown(received);
  throw new TypeError(
    `${matcher} is for a full trace, as \`await traces.waitFor(…)\` answers it; it was given ${what}`,
  );
}
