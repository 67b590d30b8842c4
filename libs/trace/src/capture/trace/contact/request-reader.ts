import type { CaptureOptions } from '../../capture.options.js';
import type { WebhookMessage, WebhookRequest } from '../../dialects/dialect.js';
import { identify, type Identification } from '../../dialects/identify.js';
import { owesReply } from '../../dialects/owes-reply.js';
import type { InternalErrors } from '../../internal-errors.js';
import type { PendingRequest } from '../../request/pending-request.js';
import type { RequestBody } from '../../request/request-body.js';

/** Contact and message of a request. */
export interface RequestContent {
  /** The contact as `@TraceWebhook()` or `capture.contactId` returns it, not bounded yet. */
  readonly ownContact: string | undefined;
  readonly text: string | undefined;
  /** The message that the trace shows: the first one with a contact, else the first. */
  readonly first: WebhookMessage | undefined;
  readonly identification: Identification;
  readonly type: string | undefined;
  /** Whether a missing reply is a fault. */
  readonly awaitsReply: boolean;
}

/** Reads a request by the dialects and by the application's own functions, which take precedence. */
export class RequestReader {
  constructor(
    private readonly options: CaptureOptions,
    private readonly internalErrors: InternalErrors,
  ) {}

  read(pending: PendingRequest, body: RequestBody | undefined): RequestContent {
    const request: WebhookRequest = {
      method: pending.method,
      path: pending.path,
      headers: pending.request.headers,
      query: pending.search === '' ? {} : Object.fromEntries(new URLSearchParams(pending.search)),
      body: body?.unparsed === undefined ? body?.value : undefined,
    };
    const identification = identify(request, this.options.dialects, (name, error) =>
      this.internalErrors.add(`dialect ${name}`, error),
    );
    const { declared } = pending;
    const { messages, dialect } = identification;
    const first = messages.find((message) => message.contactId !== undefined) ?? messages[0];
    const ownContact = this.call('capture.contactId', declared?.contactId ?? this.options.contactId, pending);
    const ownText = this.call('capture.message', declared?.message ?? this.options.message, pending);
    return {
      ownContact,
      text: ownText ?? first?.message,
      first,
      identification,
      type: declared?.type ?? messages[0]?.type ?? dialect,
      // A text of the application's own function is a message, whatever kind the dialect found.
      awaitsReply:
        ownText === undefined ? messages.some(owesReply) : owesReply({ ...first, message: ownText, media: undefined }),
    };
  }

  /** Calls a function of the application. One that throws is counted, and the dialects decide. */
  private call(
    name: string,
    extract: ((request: never) => unknown) | undefined,
    pending: PendingRequest,
  ): string | undefined {
    if (!extract) return undefined;
    const value = this.internalErrors.guard(name, () => extract(pending.request as never));
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
}
