import { isPlainObject } from '../../model/objects.js';
import type { InternalErrors } from '../internal-errors.js';
import type { CallFailure } from './call-failure.js';
import type {
  BodyCopy,
  ModelDialect,
  ModelRequest,
  ModelResponse,
  OutgoingDialect,
  OutgoingRequest,
  OutgoingResponse,
  SentMessage,
} from './outgoing-dialect.js';

/** Calls a dialect. One that throws is counted, and the call is recorded as `http`. */
export class CallReader {
  constructor(private readonly internalErrors: InternalErrors) {}

  /** `undefined`: the dialect does not read calls to models, or failed. */
  modelRequest(dialect: OutgoingDialect | undefined, request: OutgoingRequest): ModelRequest | undefined {
    if (dialect?.type !== 'llm') return undefined;
    return this.internalErrors.guard(where(dialect), () => asObject<ModelRequest>(dialect.request(request)));
  }

  provider(dialect: ModelDialect, request: OutgoingRequest): string | undefined {
    return this.internalErrors.guard(where(dialect), () => asText(dialect.provider(request)));
  }

  modelResponse(
    dialect: ModelDialect,
    request: OutgoingRequest,
    response: OutgoingResponse,
  ): ModelResponse | undefined {
    return this.internalErrors.guard(where(dialect), () =>
      asObject<ModelResponse>(dialect.response(request, response)),
    );
  }

  messages(dialect: OutgoingDialect, request: OutgoingRequest, response: OutgoingResponse): SentMessage[] {
    if (dialect.type !== 'message') return [];
    const read = this.internalErrors.guard(where(dialect), () => dialect.read(request, response));
    return Array.isArray(read) ? read.filter((message) => isPlainObject(message)).slice(0, MAX_MESSAGES) : [];
  }
}

/** Messages recorded of one call: a mailing to thousands is one call too. */
const MAX_MESSAGES = 50;

function where(dialect: OutgoingDialect): string {
  return `dialect ${dialect.name}`;
}

function asObject<T extends object>(value: T | undefined): T | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A body as it is recorded: JSON and forms as data, other text as text, bytes as their size. */
export function recordedBody(body: BodyCopy, contentType: string): unknown {
  if (body.size === 0) return undefined;
  const json = body.json();
  if (json !== undefined) return json;
  const form = body.form();
  if (form) return Object.fromEntries(form);
  if (!isText(contentType) || body.text === '') return `[${body.size} bytes]`;
  return body.whole ? body.text : `${body.text}…[${body.size} bytes]`;
}

function isText(contentType: string): boolean {
  return contentType === '' || /^text\/|json|xml|javascript|graphql|urlencoded|event-stream/i.test(contentType);
}

/** The output of a model call that failed says why, also where the dialect found no reason. */
export function failedOutput(output: unknown, failure: CallFailure, status: number | undefined): unknown {
  if (isPlainObject(output) && output.error !== undefined) return output;
  return { ...(isPlainObject(output) && output), error: { ...failure, ...(status !== undefined && { status }) } };
}
