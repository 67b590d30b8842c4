import type { Micros } from '../../model/record.js';
import type { OtelAttributes, OtelEvent, OtelLink, OtelScope, OtelSpan, OtelValue } from '../otel-span.js';
import { type ByteRange, ProtobufReader } from './protobuf-reader.js';
import { ReadBudget, type Reading, type ReadSpans, readWhole } from './read-budget.js';

/** Attributes while they are read. Without a prototype: a sender may name one `__proto__`. */
type Attributes = Record<string, OtelValue>;

/**
 * The spans of an `ExportTraceServiceRequest` in protobuf. Fields without a meaning here are passed over.
 *
 * @throws WireFault where the body is cut, wrong or too large; then nothing of it is used
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function readProtobuf(body: Buffer): ReadSpans {
  return readWhole(protobufReading(body));
}

/** The same, one span at a time. */
export function protobufReading(body: Buffer): Reading {
  return new RequestReader(body).read();
}

/** A span that is found and not yet read. */
interface FoundSpan {
  readonly place: ByteRange;
  readonly scope: OtelScope;
  readonly resource: OtelAttributes;
}

class RequestReader {
  private readonly wire: ProtobufReader;
  private readonly budget = new ReadBudget();
  private readonly found: FoundSpan[] = [];

  constructor(body: Buffer) {
    this.wire = new ProtobufReader(body);
  }

  *read(): Reading {
    this.fields((field) => field === 1 && this.nested(() => this.resourceSpans()));
    for (const { place, scope, resource } of this.found) {
      this.budget.next();
      this.wire.begin();
      this.wire.within(place, () => this.budget.add(this.span(scope, resource)));
      yield;
    }
    return this.budget.result();
  }

  private resourceSpans(): void {
    const attributes = noAttributes();
    this.budget.next();
    this.fields((field) => {
      if (field === 1) {
        return this.nested(() => this.fields((inner) => inner === 1 && this.attribute(attributes)));
      }
      return field === 2 && this.nested(() => this.scopeSpans(attributes));
    });
  }

  private scopeSpans(resource: OtelAttributes): void {
    const scope = { name: '' };
    this.fields((field) => {
      if (field === 1) return this.nested(() => this.scope(scope));
      if (field !== 2) return false;
      this.budget.span();
      this.found.push({ place: this.wire.range(), scope, resource });
      return true;
    });
  }

  private scope(scope: { -readonly [K in keyof OtelScope]: OtelScope[K] }): void {
    this.fields((field) => {
      if (field === 1) scope.name = this.wire.name();
      else if (field === 2) scope.version = this.wire.name();
      else return false;
      return true;
    });
  }

  private span(scope: OtelScope, resource: OtelAttributes): OtelSpan {
    const { wire } = this;
    const attributes = noAttributes();
    const events: OtelEvent[] = [];
    const links: OtelLink[] = [];
    const status: { code: number; message?: string } = { code: 0 };
    let [traceId, spanId, parent, state, name] = ['', '', '', '', ''];
    let [kind, flags, startedAt, endedAt] = [0, 0, 0, 0];
    this.fields((field) => {
      switch (field) {
        case 1:
          traceId = wire.hex();
          return true;
        case 2:
          spanId = wire.hex();
          return true;
        case 3:
          state = wire.text();
          return true;
        case 4:
          parent = wire.hex();
          return true;
        case 5:
          name = wire.name();
          return true;
        case 6:
          kind = wire.uint();
          return true;
        case 7:
          startedAt = wire.micros();
          return true;
        case 8:
          endedAt = wire.micros();
          return true;
        case 9:
          return this.attribute(attributes);
        case 11:
          return this.nested(() => events.push(this.event()));
        case 13:
          return this.nested(() => links.push(this.link()));
        case 15:
          return this.nested(() => this.status(status));
        case 16:
          flags = wire.fixed32();
          return true;
        default:
          return false;
      }
    });
    return {
      traceId,
      spanId,
      ...(parent !== '' && parent !== NO_SPAN && { parentSpanId: parent }),
      ...(state !== '' && { traceState: state }),
      ...(flags !== 0 && { flags }),
      name,
      kind,
      startedAt,
      ...(endedAt > 0 && { endedAt }),
      attributes,
      events,
      links,
      status,
      scope,
      resource,
    };
  }

  private event(): OtelEvent {
    this.budget.value(0);
    const attributes = noAttributes();
    let name = '';
    let at: Micros = 0;
    this.fields((field) => {
      if (field === 1) at = this.wire.micros();
      else if (field === 2) name = this.wire.name();
      else return field === 3 && this.attribute(attributes);
      return true;
    });
    return { name, at, attributes };
  }

  private link(): OtelLink {
    this.budget.value(0);
    const attributes = noAttributes();
    let [traceId, spanId] = ['', ''];
    this.fields((field) => {
      if (field === 1) traceId = this.wire.hex();
      else if (field === 2) spanId = this.wire.hex();
      else return field === 4 && this.attribute(attributes);
      return true;
    });
    return { traceId, spanId, attributes };
  }

  private status(status: { code: number; message?: string }): void {
    this.fields((field) => {
      if (field === 2) status.message = this.wire.text();
      else if (field === 3) status.code = this.wire.uint();
      else return false;
      return true;
    });
  }

  private attribute(into: Attributes, depth = 0): true {
    this.budget.value(depth);
    let key = '';
    let value: OtelValue = null;
    this.nested(() =>
      this.fields((field) => {
        if (field === 1) key = this.wire.name();
        else if (field === 2) value = this.value(depth + 1);
        else return false;
        return true;
      }),
    );
    into[key] = value;
    return true;
  }

  private value(depth: number): OtelValue {
    const { wire } = this;
    let value: OtelValue = null;
    this.budget.value(depth);
    this.nested(() =>
      this.fields((field) => {
        if (field === 1) value = wire.text();
        else if (field === 2) value = wire.uint() !== 0;
        else if (field === 3) value = wire.int64();
        else if (field === 4) value = wire.double();
        else if (field === 5) value = this.list(depth + 1);
        else if (field === 6) value = this.object(depth + 1);
        else if (field === 7) value = wire.data();
        else return false;
        return true;
      }),
    );
    return value;
  }

  private list(depth: number): readonly OtelValue[] {
    const list: OtelValue[] = [];
    this.nested(() => this.fields((field) => field === 1 && list.push(this.element(depth)) > 0));
    return list;
  }

  private element(depth: number): OtelValue {
    this.budget.value(depth);
    return this.value(depth);
  }

  private object(depth: number): OtelAttributes {
    const object = noAttributes();
    this.nested(() => this.fields((field) => field === 1 && this.attribute(object, depth)));
    return object;
  }

  private nested(read: () => void): true {
    this.wire.message(read);
    return true;
  }

  /** Gives each field of the message to `read`, and passes over those that it does not take. */
  private fields(read: (field: number) => boolean): void {
    for (let field = this.wire.next(); field !== 0; field = this.wire.next()) if (!read(field)) this.wire.skip();
  }
}

const NO_SPAN = '0000000000000000';

function noAttributes(): Attributes {
  return Object.create(null) as Attributes;
}
