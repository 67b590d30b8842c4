import type { SpanId } from '../../model/record.js';
import type { PassingBody } from './body/passing-body.js';
import { unreadBody } from './body/bytes-copy.js';
import type { BodyCopy, OutgoingRequest, OutgoingTarget } from './outgoing-dialect.js';

/** A request that is out, as dialects read it. */
export class SentRequest implements OutgoingRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** `?` and the query, or nothing. */
  readonly search: string;
  readonly body: BodyCopy;

  constructor(
    { method, host, path }: OutgoingTarget,
    pathAndQuery: string,
    readonly headers: Readonly<Record<string, string>>,
    private readonly passed: PassingBody | undefined,
  ) {
    this.method = method;
    this.host = host;
    this.path = path;
    const query = pathAndQuery.indexOf('?');
    this.search = query === -1 ? '' : pathAndQuery.slice(query);
    // A request is not decoded, so its copy is there at once.
    this.body = (passed?.copy() as BodyCopy | undefined) ?? unreadBody(0);
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.search);
  }

  /** Names the call by its step, address and body: attempts of one call have the same. */
  key(span: SpanId | undefined): string {
    return `${span ?? ''} ${this.method} ${this.host}${this.path}${this.search} ${this.passed?.fingerprint() ?? ''}`;
  }
}
