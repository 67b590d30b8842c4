import type { Clock } from '../model/clock.js';
import type { ActiveTrace, PendingRequest } from './active-trace.js';
import type { CaptureOptions } from './capture.options.js';
import type { WebhookMessage, WebhookRequest } from './dialects/dialect.js';
import { identifiedFields } from './dialects/identified-fields.js';
import { identify, type Identification } from './dialects/identify.js';
import type { SelfErrors } from './self-errors.js';
import type { Serializer } from './serialize/serializer.js';
import type { TraceIdentity } from './trace-identity.js';
import type { TraceOutput } from './trace-output.js';
import type { TraceRegistry } from './trace-registry.js';

const MAX_CONTACT = 256;

/**
 * Finds out whose message a request is, once its body is parsed, and writes the `identify` record. A trace opens
 * before that, so every event asks `ifReady` first: the earliest moment with a body wins.
 */
export class TraceIdentifier {
  constructor(
    private readonly output: TraceOutput,
    private readonly serializer: Serializer,
    private readonly registry: TraceRegistry,
    private readonly identity: TraceIdentity,
    private readonly clock: Clock,
    private readonly selfErrors: SelfErrors,
    private readonly options: CaptureOptions,
  ) {}

  /**
   * Identifies the trace if its body is there by now. Not while its handler is unknown: a `@NoTrace()` route's body is
   * shown to no dialect and no `capture.contactId`.
   */
  ifReady(trace: ActiveTrace): void {
    if (trace.fate === 'kept') this.asked(trace);
  }

  /** The same for user code that asks for the trace's id, whether or not the handler is known. */
  asked(trace: ActiveTrace): void {
    if (!trace.identified && trace.request?.request.body !== undefined) this.now(trace);
  }

  /** Identifies the trace with what there is; a contact that cannot be found is `unknown`. */
  now(trace: ActiveTrace, handler?: string): void {
    if (trace.identified) return;
    const pending = trace.request;
    if (!pending) return;
    trace.identified = true;
    trace.request = undefined;
    const body = parsedBody(pending.request.body, pending.request.headers);
    const { type, found } = this.messagesOf(pending, body);
    const { messages } = found;
    const first = messages.find((message) => message.contactId !== undefined) ?? messages[0];
    const contact = trace.contactTold ? trace.contactId : this.idOf(this.contactOf(pending, first));
    const text = this.textOf(pending, first);
    if (contact !== undefined) trace.contactId = contact;
    this.registry.rename(trace, this.identity.traceId(contact, trace.startedAt));
    trace.awaitsReply = text !== undefined && first?.direction !== 'outbound';
    trace.handlerKnown = handler !== undefined;
    trace.events += 1;
    const others = messages
      .map((message) => this.idOf(message.contactId))
      .filter((id) => id !== undefined && id !== contact);
    this.output.append(trace, {
      kind: 'identify',
      ts: this.clock.now(),
      trace: trace.key,
      id: trace.traceId,
      contact: trace.contactId,
      message: text === undefined ? undefined : this.serializer.text(text),
      type,
      direction: first?.direction,
      message_id: this.idOf(first?.messageId),
      contacts: others.length > 0 ? ([...new Set(others)] as string[]) : undefined,
      ...identifiedFields(found, first, this.serializer),
      body: this.options.bodies && body !== undefined ? this.serializer.bytes(body) : undefined,
      handler,
    });
  }

  /** Whose trace it is, told by the application: the id stays once the request was identified. */
  tell(trace: ActiveTrace, told: string): void {
    this.ifReady(trace);
    const contact = this.idOf(told)!;
    const before = trace.contactId;
    if (contact === before) return;
    trace.contactId = contact;
    trace.contactTold = true;
    if (!trace.identified) return;
    this.output.append(trace, {
      kind: 'contact',
      ts: this.clock.now(),
      trace: trace.key,
      contact,
      before: before === 'unknown' ? undefined : before,
    });
  }

  private messagesOf(pending: PendingRequest, body: unknown): { type: string | undefined; found: Identification } {
    const request: WebhookRequest = {
      method: pending.method,
      path: pending.path,
      headers: pending.request.headers,
      query: pending.search === '' ? {} : Object.fromEntries(new URLSearchParams(pending.search)),
      body,
    };
    const found = identify(request, this.options.dialects, (dialect, error) =>
      this.selfErrors.add(`dialect ${dialect}`, error),
    );
    return { type: pending.declared?.type ?? found.messages[0]?.type ?? found.dialect, found };
  }

  private contactOf(pending: PendingRequest, first: WebhookMessage | undefined): string | undefined {
    const own = this.ask('capture.contactId', pending.declared?.contactId ?? this.options.contactId, pending);
    return own ?? first?.contactId;
  }

  /** An id, bounded. It is kept as it is: `forget` and lists go by it; what looks like a secret is replaced. */
  private idOf(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.serializer.id(id.slice(0, MAX_CONTACT));
  }

  private textOf(pending: PendingRequest, first: WebhookMessage | undefined): string | undefined {
    return this.ask('capture.message', pending.declared?.message ?? this.options.message, pending) ?? first?.message;
  }

  /** The application's own extractor; one that throws is counted, and the dialects decide. */
  private ask(
    name: string,
    extract: ((request: never) => unknown) | undefined,
    pending: PendingRequest,
  ): string | undefined {
    if (!extract) return undefined;
    const value = this.selfErrors.guard(name, () => extract(pending.request as never));
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
}

/** A body that a raw or text parser left as bytes is read as JSON for the dialects; the application keeps its own. */
function parsedBody(body: unknown, headers: Record<string, string | string[] | undefined>): unknown {
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return body;
  const type = String(headers['content-type'] ?? '');
  const text = body.toString();
  try {
    if (type.includes('json')) return JSON.parse(text);
    if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  } catch {
    // Not what its content type says: keep it as it is.
  }
  return body;
}
