import type { SpanType } from '../model/status.js';
import { NAMES } from './names/attribute-names.js';
import { firstOf, textOfFirst } from './names/values.js';
import { OTEL_KIND, OTEL_STATUS, OWN_SCOPE, type OtelAttributes, type OtelSpan } from './otel-span.js';
import type { OtelFailure } from './otel-step.js';

/** The class of the error, or the code of the answer. A code may be a number. */
function codeOf(attributes: OtelAttributes): string | undefined {
  const code = firstOf(attributes, NAMES.error);
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

/** The exception that a span reports last, else the message of its status. `undefined`: the span did not fail. */
export function failureOf({ attributes, events, status }: OtelSpan): OtelFailure | undefined {
  if (status.code !== OTEL_STATUS.error) return undefined;
  const exception = events.findLast(({ name }) => name === 'exception')?.attributes ?? {};
  const named = textOfFirst(exception, ['exception.type']) ?? codeOf(attributes);
  const type = named ?? 'Error';
  const message =
    textOfFirst(exception, ['exception.message']) ??
    (status.message || (textOfFirst(attributes, NAMES.errorMessage) ?? type));
  const stack = textOfFirst(exception, ['exception.stacktrace']);
  if (stack === undefined) return thrownIn(message, named) ?? { type, message };
  return { type, message, stack };
}

/**
 * Whether a failure of the span is an answer that its caller got: a call to another system, a query, a message that is sent. A client may
 * have expected it (ioredis asks an older Redis for what it does not know), and what the caller does not handle fails the work around the call.
 */
export function isCall({ kind }: Pick<OtelSpan, 'kind'>, type: SpanType): boolean {
  if (type === 'http' || type === 'db') return true;
  return type === 'step' && (kind === OTEL_KIND.client || kind === OTEL_KIND.producer);
}

/** Whether an exception was noted on the span. */
export function hasException({ events }: OtelSpan): boolean {
  return events.some(({ name }) => name === 'exception');
}

/**
 * Whether a failure of another process's span is an error of the trace. In spans of this package the error is there as an exception, and a
 * call that only failed has none.
 */
export function isErrorIn(span: OtelSpan, type: SpanType): boolean {
  return span.scope.name === OWN_SCOPE ? hasException(span) : !isCall(span, type);
}

/** What a failed call shows: what it gave, else why it failed. A stack belongs to errors. */
export function failedOutput({ type, message }: OtelFailure, output: unknown): unknown {
  return output ?? { error: { type, message } };
}

/** Empty lines of a message that are looked at. */
const MAX_BREAKS = 20;
/** How V8 begins a stack: the name, for errors of Node the code, and the message. */
const HEAD = /^([\w$.]+)(?: \[\w+\])?(?:: |\n {4}at )/;

/**
 * An error whose message and stack are in one text, as LangChain gives them to tracers, and OpenInference's instrumentation on.
 *
 * @see https://github.com/langchain-ai/langchainjs/blob/main/libs/langchain-core/src/tracers/base.ts
 */
function thrownIn(text: string, named: string | undefined): OtelFailure | undefined {
  let at = text.indexOf('\n\n');
  for (let tries = 0; at >= 0 && tries < MAX_BREAKS; tries += 1) {
    const stack = text.slice(at + 2);
    const message = text.slice(0, at);
    const head = HEAD.exec(stack.slice(0, 200));
    if (head && (message === '' ? head[0].endsWith('at ') : stack.startsWith(`${message}\n    at `, head[0].length))) {
      return { type: named ?? head[1]!, message, stack };
    }
    at = text.indexOf('\n\n', at + 1);
  }
  return undefined;
}
