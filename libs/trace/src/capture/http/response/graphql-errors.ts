import type { CapturedRequest } from '../../capture.options.js';

/** An error in a response of GraphQL, which answers 200 for most of them. */
export class GraphqlError extends Error {
  override readonly name = 'GraphQLError';
  /** `extensions.code`: `BAD_USER_INPUT`, `GRAPHQL_VALIDATION_FAILED`. */
  readonly code: string | undefined;

  constructor(
    message: string,
    /** Place in the response's data: `leads.0.name`. */
    path: string | undefined,
    code: string | undefined,
  ) {
    super(message);
    this.code = code;
    // Where the resolver threw is not in the response.
    this.stack = undefined;
    Object.defineProperty(this, 'path', { value: path, enumerable: false });
  }

  declare readonly path: string | undefined;
}

/** Longer responses are not read: parsing one costs the thread a millisecond per 100 KB. */
const MAX_BYTES = 256 * 1024;
/** Results of a batch, and errors of all of them, that are read. */
const MAX_RESULTS = 20;
const MAX_ERRORS = 5;

/** Whether a request has a GraphQL document, by its parsed body or its query string. */
export function isGraphqlRequest({ body }: CapturedRequest, search: string): boolean {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof first === 'object' && first !== null) {
    const { query, extensions } = first as { query?: unknown; extensions?: unknown };
    return typeof query === 'string' || (typeof extensions === 'object' && extensions !== null);
  }
  return /[?&](?:query|extensions)=/.test(search);
}

/** The errors in a response of GraphQL, a batch of them included. */
export function graphqlErrors(payload: string | Uint8Array | undefined): GraphqlError[] {
  if (payload === undefined || payload.length > MAX_BYTES || !mentionsErrors(payload)) return [];
  try {
    const parsed: unknown = JSON.parse(typeof payload === 'string' ? payload : bufferOf(payload).toString());
    const results = Array.isArray(parsed) ? parsed.slice(0, MAX_RESULTS) : [parsed];
    return results.flatMap(errorsOf).slice(0, MAX_ERRORS);
  } catch {
    return [];
  }
}

function mentionsErrors(payload: string | Uint8Array): boolean {
  return typeof payload === 'string' ? payload.includes('"errors"') : bufferOf(payload).includes('"errors"');
}

function bufferOf(payload: Uint8Array): Buffer {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}

function errorsOf(result: unknown): GraphqlError[] {
  const errors = (result as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: unknown) => {
    const { message, path, extensions } = (error ?? {}) as Record<string, unknown>;
    if (typeof message !== 'string') return [];
    const code = (extensions as { code?: unknown } | null | undefined)?.code;
    return new GraphqlError(message, placeOf(path), typeof code === 'string' ? code : undefined);
  });
}

function placeOf(path: unknown): string | undefined {
  return Array.isArray(path) && path.length > 0 ? path.slice(0, 10).join('.') : undefined;
}
