import type { CallObserver, CallTarget, TraceRef } from '../../context/recorder.js';
import type { Clock } from '../../model/clock.js';
import { withoutPathTokens } from '../../model/path-template.js';
import type { Limits, Serializer } from '../../serialize/serializer.js';
import type { InternalErrors } from '../internal-errors.js';
import type { ActiveTrace } from '../trace/active-trace.js';
import type { IdGenerator } from '../trace/id-generator.js';
import type { RecordFields } from '../trace/record-fields.js';
import type { CallParts } from './call-record.js';
import { CallReader } from './call-reader.js';
import { CallSites } from './call-site.js';
import { OutgoingCall } from './outgoing-call.js';
import type { OutgoingOptions } from './outgoing.options.js';
import { propagate } from './propagate.js';
import { Retries } from './retries.js';

interface Writing {
  readonly serializer: Serializer;
  readonly fields: RecordFields;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly internalErrors: InternalErrors;
  readonly limits: Limits;
}

/** Begins the records of an application's outgoing calls. */
export class OutgoingCalls {
  private readonly sites: CallSites;
  private readonly parts: CallParts;
  private readonly ids: IdGenerator;

  constructor(options: OutgoingOptions, writing: Writing) {
    const { serializer, fields, clock, internalErrors } = writing;
    const maxBytes = writing.limits.maxEventBytes;
    const redact = {
      name: (text: string) => serializer.name(text).slice(0, 200),
      url: (text: string) => serializer.url(withoutPathTokens(text)),
    };
    this.ids = writing.ids;
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
    const span = site.propagates ? this.ids.spanId() : undefined;
    const own = span !== undefined && propagate(trace, span, target) ? span : undefined;
    return new OutgoingCall(this.parts, ref, trace, site, target, own);
  }
}
