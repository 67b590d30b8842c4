import { types } from 'node:util';
import type { JsonText } from '../../model/record.js';
import { errorCause, errorMessage, errorName, errorStack, innerErrors, isError } from './error-read.js';
import { fingerprint } from './fingerprint.js';
import type { JsonWriter } from './json-writer.js';
import type { Limits } from './limits.js';
import { plainText } from './plain-text.js';
import type { Redaction } from './redaction.js';
import { ownData } from './safe-read.js';

/** What the journal keeps of an error; all of it redacted and bounded. */
export interface ErrorParts {
  /** The class name; for what is no Error, what it is: `string`, `undefined`, `object`. */
  type: string;
  message: string;
  stack?: string;
  /** The cause chain as an array, outermost first; an AggregateError's errors where it has no cause. */
  cause?: JsonText;
  /** The same for two errors of the same origin. */
  fingerprint: string;
}

const MAX_CAUSES = 8;
const MAX_NAME = 200;

/** The parts of anything that was thrown. Never throws. */
export function errorParts(error: unknown, writer: JsonWriter, redaction: Redaction, limits: Limits): ErrorParts {
  const parts = describeThrown(error, writer, redaction, limits);
  const causes = causesOf(error).map((cause) => {
    const { fingerprint: _, ...shown } = describeThrown(cause, writer, redaction, limits);
    return JSON.stringify(shown);
  });
  if (causes.length > 0) parts.cause = joined(causes, limits.maxEventBytes) as JsonText;
  return parts;
}

function describeThrown(error: unknown, writer: JsonWriter, redaction: Redaction, limits: Limits): ErrorParts {
  const content = (value: unknown): string => plainText(value, writer, redaction, limits.maxStringLength);
  if (!isError(error)) {
    const type = error === null ? 'null' : typeof error;
    const message = content(messageIn(error) ?? error);
    return { type, message, fingerprint: fingerprint(type, message) };
  }
  const type = redaction.string(errorName(error), MAX_NAME);
  const message = content(errorMessage(error));
  const stack = errorStack(error);
  const parts: ErrorParts = { type, message, fingerprint: fingerprint(type, message, stack) };
  if (stack !== undefined) {
    const shown = redaction.content === 'none' ? framesOf(stack) : stack;
    parts.stack = redaction.string(shown, limits.maxStringLength);
  }
  return parts;
}

/** Libraries throw plain objects too: their message says more than their JSON. */
function messageIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
  const message = ownData(value, 'message');
  return typeof message === 'string' ? message : undefined;
}

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  const met = new Set<unknown>([error]);
  let current = error;
  while (isError(current) && chain.length < MAX_CAUSES) {
    const cause: unknown = errorCause(current);
    if (cause === undefined) {
      const inner = innerErrors(current) ?? [];
      for (let i = 0; i < inner.length && chain.length < MAX_CAUSES; i++) chain.push(ownData(inner, i));
      break;
    }
    if (met.has(cause)) break;
    met.add(cause);
    chain.push(cause);
    current = cause;
  }
  return chain;
}

/** As many of the causes as fit into one payload. */
function joined(causes: string[], maxBytes: number): string {
  let json = '';
  let bytes = 2;
  for (const cause of causes) {
    bytes += Buffer.byteLength(cause) + 1;
    if (bytes > maxBytes) break;
    json += json === '' ? cause : `,${cause}`;
  }
  return `[${json}]`;
}

/** The frames of a stack without its head, which repeats the message. */
function framesOf(stack: string): string {
  const at = stack.search(/^ {4}at /m);
  return at < 0 ? '' : stack.slice(at);
}
