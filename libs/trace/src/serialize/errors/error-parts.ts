import { types } from 'node:util';
import type { JsonText } from '../../model/record.js';
import { errorDetail } from './error-detail.js';
import { errorCause, errorMessage, errorName, errorStack, innerErrors, isError } from '../values/error-read.js';
import { fingerprint } from './fingerprint.js';
import type { JsonWriter } from '../write/json-writer.js';
import type { Limits } from '../limits.js';
import type { Redaction } from '../redact/redaction.js';
import { ownData } from '../values/safe-read.js';

/** The parts of an error that the journal stores, redacted and bounded. */
export interface ErrorParts {
  /** The class name; for what is no Error, what it is: `string`, `undefined`, `object`. */
  type: string;
  message: string;
  stack?: string;
  /**
   * The cause chain as an array, outermost first, followed by the errors inside the AggregateErrors on the way, which have
   * `"inner": true`.
   */
  cause?: JsonText;
  /** Data of the error beside its message; see `errorDetail`. */
  detail?: JsonText;
  /** The same for two errors of the same origin. */
  fingerprint: string;
}

const MAX_CAUSES = 8;
const MAX_NAME = 200;

/** Writers of the parts of an error. */
export interface ErrorWriters {
  /** Writes messages and stacks. */
  writer: JsonWriter;
  /** Writes details, with smaller bounds: the beginning of an HTTP response's body is enough. */
  details: JsonWriter;
  redaction: Redaction;
  limits: Limits;
}

/** The parts of anything that was thrown. Never throws. */
export function errorParts(error: unknown, writers: ErrorWriters): ErrorParts {
  const parts = describeThrown(error, writers);
  const causes = causesOf(error).map(({ error: cause, inner }) => {
    const { fingerprint: _, detail, ...shown } = describeThrown(cause, writers);
    const json = JSON.stringify(inner ? { ...shown, inner } : shown);
    return detail === undefined ? json : `${json.slice(0, -1)},"detail":${detail}}`;
  });
  if (causes.length > 0) parts.cause = joined(causes, writers.limits.maxEventBytes) as JsonText;
  return parts;
}

function describeThrown(error: unknown, writers: ErrorWriters): ErrorParts {
  const { writer, redaction, limits } = writers;
  const content = (value: unknown): string => writer.text(value, limits.maxStringLength);
  if (!isError(error)) {
    const type = error === null ? 'null' : typeof error;
    const ownMessage = messageIn(error);
    const message = content(ownMessage ?? error);
    const parts: ErrorParts = { type, message, fingerprint: fingerprint(type, message) };
    // Without a message of its own, the message is all of its fields.
    if (ownMessage !== undefined) addDetail(parts, error as object, writers);
    return parts;
  }
  const type = redaction.string(errorName(error), MAX_NAME);
  const message = content(errorMessage(error));
  const stack = errorStack(error);
  const parts: ErrorParts = { type, message, fingerprint: fingerprint(type, message, stack) };
  if (stack !== undefined) {
    const shown = redaction.content === 'none' ? framesOf(stack) : stack;
    parts.stack = redaction.string(shown, limits.maxStringLength);
  }
  addDetail(parts, error, writers);
  return parts;
}

function addDetail(parts: ErrorParts, error: object, { details }: ErrorWriters): void {
  const detail = errorDetail(error);
  if (detail) parts.detail = details.write(detail).toString() as JsonText;
}

/** Libraries throw plain objects too: their message says more than their JSON. */
function messageIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
  const message = ownData(value, 'message');
  return typeof message === 'string' ? message : undefined;
}

interface Cause {
  readonly error: unknown;
  /** It is one of the errors of an AggregateError, not what caused it. */
  readonly inner?: true;
}

function causesOf(error: unknown): Cause[] {
  const chain: Cause[] = [];
  const inside: Cause[] = [];
  const seen = new Set<unknown>([error]);
  let current = error;
  while (isError(current)) {
    const inner = innerErrors(current) ?? [];
    for (let i = 0; i < inner.length && inside.length < MAX_CAUSES; i++) {
      inside.push({ error: ownData(inner, i), inner: true });
    }
    const cause: unknown = errorCause(current);
    if (cause === undefined || seen.has(cause) || chain.length === MAX_CAUSES) break;
    seen.add(cause);
    chain.push({ error: cause });
    current = cause;
  }
  return [...chain, ...inside].slice(0, MAX_CAUSES);
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
