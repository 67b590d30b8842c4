import type { Clock } from '../../../model/clock.js';
import { contactIdOf } from '../../../model/contact-id.js';
import type { MessageFields } from '../../../model/record.js';
import type { PendingRequest } from '../../request/pending-request.js';
import type { ActiveTrace } from '../active-trace.js';
import type { CaptureOptions } from '../../capture.options.js';
import type { WebhookMessage, WebhookRequest } from '../../dialects/dialect.js';
import { identifiedFields } from './identified-fields.js';
import { identify, type Identification } from '../../dialects/identify.js';
import { owesReply } from '../../dialects/owes-reply.js';
import { bodyArrived, bodyOf, isPartial, type RequestBody } from '../../request/request-body.js';
import type { InternalErrors } from '../../internal-errors.js';
import { NameTexts } from '../name-texts.js';
import type { Serializer } from '../../../serialize/serializer.js';
import type { IdGenerator } from '../id-generator.js';
import type { TraceOutput } from '../trace-output.js';
import type { TraceRegistry } from '../trace-registry.js';

/** Messages of one POST that are recorded one by one. */
const MAX_MESSAGES = 20;
/** Characters of each of them; the body has them whole. */
const MAX_MESSAGE = 500;

/** What a request says about itself. */
interface Found {
  /** Named by the application itself. */
  own: string | undefined;
  text: string | undefined;
  /** The application itself named the text. */
  ownText: boolean;
  first: WebhookMessage | undefined;
  messages: WebhookMessage[];
  identification: Identification;
  type: string | undefined;
}

/**
 * Finds out whose message a request is, once its body is there, and writes the `identify` record. A trace opens
 * before that, so every event asks `ifReady` first: the earliest moment with a body wins. The trace's id must be known
 * when the response's headers go out. Where the body comes only after that, the request is identified again: the id
 * stays, contact and message are replaced.
 */
export class ContactResolver {
  private readonly names: NameTexts;

  constructor(
    private readonly output: TraceOutput,
    private readonly serializer: Serializer,
    private readonly registry: TraceRegistry,
    private readonly identity: IdGenerator,
    private readonly clock: Clock,
    private readonly internalErrors: InternalErrors,
    private readonly options: CaptureOptions,
  ) {
    this.names = new NameTexts(serializer);
  }

  /**
   * Identifies the trace if its body is there by now. Not while its handler is unknown: a `@NoTrace()` route's body is
   * shown to no dialect and no `capture.contactId`.
   */
  ifReady(trace: ActiveTrace): void {
    if (trace.request !== undefined && trace.fate === 'kept') this.asked(trace);
  }

  /** The same for user code that asks for the trace's id, whether or not the handler is known. */
  asked(trace: ActiveTrace): void {
    if (trace.request !== undefined && bodyArrived(trace.request)) this.now(trace);
  }

  /** Whether waiting would change nothing: the body is there, or none will come. */
  isReady({ request }: ActiveTrace): boolean {
    return request === undefined || request.watch === undefined || bodyArrived(request);
  }

  /** Identifies the trace with what there is; a contact that cannot be found is `unknown`. */
  now(trace: ActiveTrace, handler?: string): void {
    const pending = trace.request;
    if (!pending || (trace.identified && !bodyArrived(pending))) return;
    this.write(trace, pending, handler, bodyOf(pending));
    if (!isPartial(pending)) release(trace, pending);
  }

  /** The response is over: nothing more is waited for. */
  atLast(trace: ActiveTrace): void {
    const pending = trace.request;
    if (!pending) return;
    // Reading it may inflate and parse it: not for a beginning that is known already.
    const body = pending.begun && isPartial(pending) ? undefined : bodyOf(pending);
    if (!trace.identified || body !== undefined) this.write(trace, pending, undefined, body);
    release(trace, pending);
  }

  /** Sets the contact that the application names: the id stays once the request was identified. */
  tell(trace: ActiveTrace, told: string): void {
    this.ifReady(trace);
    const contact = this.idOf(told);
    const before = trace.contactId;
    if (contact === undefined || contact === before) return;
    trace.contactId = contact;
    trace.contactTold = true;
    if (trace.identified) this.writeContact(trace, contact, before);
  }

  private write(
    trace: ActiveTrace,
    pending: PendingRequest,
    handler: string | undefined,
    body: RequestBody | undefined,
  ): void {
    pending.begun = body !== undefined;
    const found = this.find(pending, body);
    const again = trace.identified;
    const before = trace.contactId;
    const own = trace.contactTold ? before : found.own;
    const contact = own ?? this.idOf(found.first?.contactId);
    trace.identified = true;
    if (contact !== undefined) trace.contactId = contact;
    if (!again) {
      this.registry.rename(trace, this.identity.traceId(contact, trace.startedAt));
      trace.events += 1;
    } else if (trace.contactId !== before) this.writeContact(trace, trace.contactId, before);
    trace.awaitsReply = asksForReply(found);
    if (handler !== undefined) trace.handlerKnown = true;
    this.record(trace, found, { own, body, handler, again });
  }

  private record(
    trace: ActiveTrace,
    { text, first, messages: said, identification, type }: Found,
    { own, body, handler, again }: { own?: string; body?: RequestBody; handler?: string; again: boolean },
  ): void {
    const sender = this.idOf(first?.contactId);
    const messages = own === undefined || sender === undefined ? said : named(said, first!.contactId!, own);
    const others = new Set(messages.map(({ contactId }) => this.idOf(contactId)).filter((id) => id !== undefined));
    others.delete(trace.contactId);
    this.output.append(trace, {
      kind: 'identify',
      ts: this.clock.now(),
      trace: trace.key,
      id: trace.traceId,
      contact: trace.contactId,
      message: text === undefined ? undefined : this.serializer.text(text),
      type: type === undefined ? undefined : this.names.get(type),
      direction: first?.direction,
      message_id: this.idOf(first?.messageId),
      alias: own !== undefined && sender !== own ? sender : undefined,
      contacts: others.size > 0 ? [...others] : undefined,
      messages: this.messageFields(messages),
      ...identifiedFields(identification, first, this.serializer),
      unparsed: body?.unparsed,
      again: again || undefined,
      body: this.options.bodies && body !== undefined ? this.serializer.bytes(body.value) : undefined,
      handler,
    });
  }

  private writeContact(trace: ActiveTrace, contact: string, before: string): void {
    this.output.append(trace, {
      kind: 'contact',
      ts: this.clock.now(),
      trace: trace.key,
      contact,
      before: before === 'unknown' ? undefined : before,
    });
  }

  private find(pending: PendingRequest, body: RequestBody | undefined): Found {
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
    const own = this.ask('capture.contactId', declared?.contactId ?? this.options.contactId, pending);
    const ownText = this.ask('capture.message', declared?.message ?? this.options.message, pending);
    return {
      own: this.idOf(own),
      text: ownText ?? first?.message,
      ownText: ownText !== undefined,
      first,
      messages,
      identification,
      type: declared?.type ?? messages[0]?.type ?? dialect,
    };
  }

  private messageFields(messages: readonly WebhookMessage[]): MessageFields[] | undefined {
    const told = messages.filter(({ contactId, message }) => contactId !== undefined || message !== undefined);
    if (told.length < 2) return undefined;
    return told.slice(0, MAX_MESSAGES).map(({ contactId, message, messageId, media, direction }) => ({
      contact: this.idOf(contactId),
      message: message === undefined ? undefined : this.serializer.text(message, MAX_MESSAGE),
      message_id: this.idOf(messageId),
      media,
      direction,
    }));
  }

  /** An id, bounded. Lists, filters and erase go by it; what looks like a secret is replaced. */
  private idOf(id: unknown): string | undefined {
    const recorded = contactIdOf(id);
    return recorded === undefined ? undefined : this.serializer.id(recorded);
  }

  /** The application's own extractor; one that throws is counted, and the dialects decide. */
  private ask(
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

/** A text that the application named is a message, whatever kind the dialect took it for. */
function asksForReply({ ownText, text, first, messages }: Found): boolean {
  return ownText ? owesReply({ ...first, message: text, media: undefined }) : messages.some(owesReply);
}

function release(trace: ActiveTrace, pending: PendingRequest): void {
  trace.request = undefined;
  pending.watch?.stop();
}

/** The application names the contact in its own way: messages of the contact that the dialect found are its. */
function named(messages: readonly WebhookMessage[], sender: string, own: string): WebhookMessage[] {
  return messages.map((message) => (message.contactId === sender ? { ...message, contactId: own } : message));
}
