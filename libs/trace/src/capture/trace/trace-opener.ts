import type { Clock } from '../../model/clock.js';
import type { Micros } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import { ActiveTrace } from './active-trace.js';
import type { IdGenerator } from './id-generator.js';
import type { Lifecycle } from './lifecycle.js';
import type { RecordFields } from './record-fields.js';
import type { TraceOutput } from './trace-output.js';
import { FLAG_SAMPLED, type TraceParent } from './trace-parent.js';
import type { TraceRegistry } from './trace-registry.js';

/** Fields of an `open` record. */
export interface Opening {
  link?: string;
  contact?: string;
  /** The header `baggage`, as received. It needs no `traceparent`. */
  baggage?: unknown;
  method?: string;
  path?: string;
}

/** Opens traces: makes their ids, registers them and writes their first record. */
export class TraceOpener {
  constructor(
    private readonly ids: IdGenerator,
    private readonly fields: RecordFields,
    private readonly output: TraceOutput,
    private readonly registry: TraceRegistry,
    private readonly lifecycle: Lifecycle,
    private readonly clock: Clock,
  ) {}

  /**
   * @param caller whose trace this one continues; `undefined`: it begins a new one
   * @param how `held`: the record waits until the handler is known; `at`: when the request arrived, if that was earlier
   */
  open(
    caller: TraceParent | undefined,
    { link, contact, baggage: carried, method, path }: Opening,
    how: { held?: boolean; at?: Micros } = {},
  ): ActiveTrace {
    const { ids, clock } = this;
    const at = how.at ?? ids.nextInstant();
    const trace = new ActiveTrace(
      ids.nextKey(),
      ids.traceId(contact, at),
      caller?.traceId ?? ids.w3cTraceId(),
      ids.spanId(),
      at,
      how.at === undefined ? performance.now() : performance.now() - Math.max(0, clock.now() - at) / 1000,
    );
    const tracestate = caller?.state && this.fields.state(caller.state);
    const baggage = carried === undefined ? undefined : this.fields.baggage(carried);
    if (caller !== undefined || baggage !== undefined)
      trace.continued = { flags: caller?.flags ?? FLAG_SAMPLED, tracestate, baggage };
    if (how.held) {
      trace.fate = 'held';
      trace.held = [];
    }
    this.registry.add(trace);
    this.lifecycle.watch();
    this.output.append(trace, {
      kind: 'open',
      ts: at,
      trace: trace.key,
      id: trace.traceId,
      traceparent: trace.traceparent(),
      link,
      parent: caller?.parent,
      sampled: caller && (caller.flags & FLAG_SAMPLED) !== 0 ? true : undefined,
      tracestate,
      baggage,
      method,
      path,
    });
    return trace;
  }
}
