import type { Clock } from '../../../model/clock.js';
import type { Serializer } from '../../../serialize/serializer.js';
import type { PendingRequest } from '../../request/pending-request.js';
import { bodyArrived, bodyOf, isPartial, type RequestBody } from '../../request/request-body.js';
import type { ActiveTrace } from '../active-trace.js';
import type { IdGenerator } from '../id-generator.js';
import type { RecordFields } from '../record-fields.js';
import type { TraceOutput } from '../trace-output.js';
import type { TraceRegistry } from '../trace-registry.js';
import { contentFields } from './identify-record.js';
import type { RequestReader } from './request-reader.js';

export interface ResolverParts {
  readonly reader: RequestReader;
  readonly output: TraceOutput;
  readonly serializer: Serializer;
  readonly fields: RecordFields;
  readonly registry: TraceRegistry;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  /** Whether bodies are recorded. */
  readonly bodies: boolean;
}

/**
 * Resolves the contact and the message of a request as soon as its body is there, and writes the `identify` record. A
 * trace opens before that, so each event first calls `resolveIfReady`. The trace's id must be fixed when the response's
 * headers go out. If the body comes only after that, the request is resolved again: the id stays, contact and message are
 * replaced.
 */
export class ContactResolver {
  constructor(private readonly parts: ResolverParts) {}

  /**
   * Resolves the trace if its body is there by now, but not while its handler is unknown: no dialect and no
   * `capture.contactId` may read the body of a `@NoTrace()` route.
   */
  resolveIfReady(trace: ActiveTrace): void {
    if (trace.request !== undefined && trace.fate === 'kept') this.resolveIfArrived(trace);
  }

  /** The same, whether or not the handler is known: user code asks for the trace's id. */
  resolveIfArrived(trace: ActiveTrace): void {
    if (trace.request !== undefined && bodyArrived(trace.request)) this.resolve(trace);
  }

  /** Whether waiting would change nothing: the body is there, or none will come. */
  isReady({ request }: ActiveTrace): boolean {
    return request === undefined || request.watch === undefined || bodyArrived(request);
  }

  /** Resolves the trace with the data there is now; a contact that cannot be found is `unknown`. */
  resolve(trace: ActiveTrace, handler?: string): void {
    const pending = trace.request;
    if (!pending || (trace.identified && !bodyArrived(pending))) return;
    this.write(trace, pending, handler, bodyOf(pending));
    if (!isPartial(pending)) release(trace, pending);
  }

  /** Resolves the trace for the last time: the response is over. */
  resolveAtEnd(trace: ActiveTrace): void {
    const pending = trace.request;
    if (!pending) return;
    // Reading a body may inflate and parse it. A beginning that is recorded already is not read again.
    const body = pending.begun && isPartial(pending) ? undefined : bodyOf(pending);
    if (!trace.identified || body !== undefined) this.write(trace, pending, undefined, body);
    release(trace, pending);
  }

  /** Sets the contact that the application names. The trace keeps its id once the request is resolved. */
  setContact(trace: ActiveTrace, given: string): void {
    this.resolveIfReady(trace);
    const contact = this.parts.fields.id(given);
    const before = trace.contactId;
    if (contact === undefined || contact === before) return;
    trace.contactId = contact;
    trace.contactGiven = true;
    if (trace.identified) this.writeContact(trace, before);
  }

  private write(
    trace: ActiveTrace,
    pending: PendingRequest,
    handler: string | undefined,
    body: RequestBody | undefined,
  ): void {
    const { reader, fields, registry, ids, output, clock, serializer, bodies } = this.parts;
    pending.begun = body !== undefined;
    const content = reader.read(pending, body);
    const again = trace.identified;
    const before = trace.contactId;
    const own = trace.contactGiven ? before : fields.id(content.ownContact);
    const contact = own ?? fields.id(content.first?.contactId);
    trace.identified = true;
    if (contact !== undefined) trace.contactId = contact;
    if (!again) {
      registry.rename(trace, ids.traceId(contact, trace.startedAt));
      trace.events += 1;
    } else if (trace.contactId !== before) this.writeContact(trace, before);
    trace.awaitsReply = content.awaitsReply;
    trace.dialect = content.identification.dialect;
    if (handler !== undefined) trace.handlerKnown = true;
    output.append(trace, {
      kind: 'identify',
      ts: clock.now(),
      trace: trace.key,
      id: trace.traceId,
      ...contentFields(content, trace.contactId, own, fields),
      unparsed: body?.unparsed,
      again: again || undefined,
      body: bodies && body !== undefined ? serializer.bytes(body.value) : undefined,
      handler,
    });
  }

  private writeContact(trace: ActiveTrace, before: string): void {
    this.parts.output.append(trace, {
      kind: 'contact',
      ts: this.parts.clock.now(),
      trace: trace.key,
      contact: trace.contactId,
      before: before === 'unknown' ? undefined : before,
    });
  }
}

function release(trace: ActiveTrace, pending: PendingRequest): void {
  trace.request = undefined;
  pending.watch?.stop();
}
