import type { CallObserver, CallTarget, TraceRef } from '../../context/recorder.js';
import type { Clock } from '../../model/clock.js';
import type { Limits, Serializer } from '../../serialize/serializer.js';
import type { InternalErrors } from '../internal-errors.js';
import type { ActiveTrace } from '../trace/active-trace.js';
import type { RecordFields } from '../trace/record-fields.js';
import type { CallParts } from './call-record.js';
import { CallReader } from './call-reader.js';
import { CallSites } from './call-site.js';
import { OutgoingCall } from './outgoing-call.js';
import type { OutgoingOptions } from './outgoing.options.js';
import { withoutPathTokens } from '../../model/path-template.js';
import { Retries } from './retries.js';

interface Writing {
  readonly serializer: Serializer;
  readonly fields: RecordFields;
  readonly clock: Clock;
  readonly internalErrors: InternalErrors;
  readonly limits: Limits;
}

/** Begins the records of an application's outgoing calls. */
export class OutgoingCalls {
  private readonly sites: CallSites;
  private readonly parts: CallParts;

  constructor(options: OutgoingOptions, writing: Writing) {
    const { serializer, fields, clock, internalErrors } = writing;
    const maxBytes = writing.limits.maxEventBytes;
    const redact = {
      name: (text: string) => serializer.name(text).slice(0, 200),
      url: (text: string) => serializer.url(withoutPathTokens(text)),
    };
    this.sites = new CallSites(options, redact, internalErrors);
    this.parts = {
      fields,
      clock,
      internalErrors,
      reader: new CallReader(internalErrors),
      retries: new Retries(),
      maxBytes,
      bodyLimit: ({ dialect }) => (dialect !== undefined || options.bodies === 'all' ? maxBytes : 0),
      url: redact.url,
    };
  }

  /** `undefined`: the call is not recorded. */
  begin(ref: TraceRef, trace: ActiveTrace, target: CallTarget): CallObserver | undefined {
    const site = this.sites.of(target);
    if (!site) return undefined;
    const traceparent = site.propagates ? ref.recorder.contextOf(ref)?.traceparent : undefined;
    if (traceparent !== undefined) target.setHeader?.('traceparent', traceparent);
    return new OutgoingCall(this.parts, ref, trace, site, target);
  }
}
