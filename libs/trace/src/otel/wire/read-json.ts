import { isPlainObject } from '../../model/objects.js';
import type { Micros } from '../../model/record.js';
import type { OtelAttributes, OtelEvent, OtelLink, OtelScope, OtelSpan, OtelValue } from '../otel-span.js';
import { JsonCursor } from './json-cursor.js';
import { groupsInJson, groupsInObject, listIn, objectIn, type RawResourceSpans } from './json-groups.js';
import { ReadBudget, type Reading, type ReadSpans, readWhole } from './read-budget.js';

type Fields = Record<string, unknown>;

const NO_SPAN = '0000000000000000';

/**
 * The spans of an `ExportTraceServiceRequest` in OTLP's JSON: names in lowerCamelCase, ids in hex, 64-bit numbers as texts.
 *
 * @throws WireFault where the body is no JSON, or too large; then nothing of it is used
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function readJson(body: Buffer): ReadSpans {
  return readWhole(jsonReading(body));
}

/** The same, one span at a time: what is between the spans first, then each of them. */
export function* jsonReading(body: Buffer): Reading {
  return yield* spansOf(yield* groupsInJson(new JsonCursor(body)));
}

/** The same of JSON that is parsed already. */
export function readOtlpObject(request: unknown): ReadSpans {
  return readWhole(spansOf(groupsInObject(request)));
}

function* spansOf(groups: readonly RawResourceSpans[]): Reading {
  const reader = new ObjectReader();
  for (const group of groups) {
    yield* reader.resourceSpans(group);
    yield;
  }
  return reader.budget.result();
}

class ObjectReader {
  readonly budget = new ReadBudget();

  *resourceSpans({ resource, scopeSpans }: RawResourceSpans): Generator<void, void> {
    this.budget.next();
    const about = this.attributes(isPlainObject(resource) ? resource.attributes : undefined);
    for (const { scope, spans } of scopeSpans) {
      const from = scopeOf(scope);
      for (const span of spans) {
        this.budget.span();
        this.budget.next();
        this.budget.add(this.span(objectIn(span, 'spans'), from, about));
        yield;
      }
    }
  }

  private span(fields: Fields, scope: OtelScope, resource: OtelAttributes): OtelSpan {
    const parent = idIn(fields.parentSpanId);
    const endedAt = microsIn(fields.endTimeUnixNano);
    const status = isPlainObject(fields.status) ? fields.status : {};
    return {
      traceId: idIn(fields.traceId),
      spanId: idIn(fields.spanId),
      ...(parent !== '' && parent !== NO_SPAN && { parentSpanId: parent }),
      ...(textIn(fields.traceState) !== '' && { traceState: textIn(fields.traceState) }),
      ...(typeof fields.flags === 'number' && fields.flags > 0 && { flags: fields.flags }),
      name: textIn(fields.name),
      kind: enumIn(fields.kind, KINDS),
      startedAt: microsIn(fields.startTimeUnixNano),
      ...(endedAt > 0 && { endedAt }),
      attributes: this.attributes(fields.attributes),
      events: listIn(fields.events, 'events').map((event) => this.event(objectIn(event, 'events'))),
      links: listIn(fields.links, 'links').map((link) => this.link(objectIn(link, 'links'))),
      status: {
        code: enumIn(status.code, CODES),
        ...(textIn(status.message) !== '' && { message: textIn(status.message) }),
      },
      scope,
      resource,
    };
  }

  private event({ timeUnixNano, name, attributes }: Fields): OtelEvent {
    this.budget.value(0);
    return { name: textIn(name), at: microsIn(timeUnixNano), attributes: this.attributes(attributes) };
  }

  private link({ traceId, spanId, attributes }: Fields): OtelLink {
    this.budget.value(0);
    return { traceId: idIn(traceId), spanId: idIn(spanId), attributes: this.attributes(attributes) };
  }

  private attributes(given: unknown, depth = 0): OtelAttributes {
    const attributes = Object.create(null) as Record<string, OtelValue>;
    for (const pair of listIn(given, 'attributes')) {
      const { key, value } = objectIn(pair, 'attributes');
      this.budget.value(depth);
      if (typeof key === 'string') attributes[key] = this.value(value, depth + 1);
    }
    return attributes;
  }

  private value(given: unknown, depth: number): OtelValue {
    if (!isPlainObject(given)) return null;
    const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = given;
    if (typeof stringValue === 'string') return stringValue;
    if (typeof boolValue === 'boolean') return boolValue;
    if (intValue !== undefined) return intIn(intValue);
    if (doubleValue !== undefined) return Number(doubleValue);
    if (isPlainObject(arrayValue)) {
      return listIn(arrayValue.values, 'arrayValue').map((each) => {
        this.budget.value(depth);
        return this.value(each, depth + 1);
      });
    }
    if (isPlainObject(kvlistValue)) return this.attributes(kvlistValue.values, depth + 1);
    return typeof bytesValue === 'string' ? Uint8Array.from(Buffer.from(bytesValue, 'base64')) : null;
  }
}

/** Enums are numbers in OTLP's JSON; libraries of protobuf write their names. */
const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (kind) => `SPAN_KIND_${kind}`,
);
const CODES = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`);

function enumIn(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Math.max(0, names.indexOf(value)) : 0;
}

function scopeOf(scope: unknown): OtelScope {
  if (!isPlainObject(scope)) return { name: '' };
  const version = textIn(scope.version);
  return { name: textIn(scope.name), ...(version !== '' && { version }) };
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function idIn(value: unknown): string {
  return textIn(value).toLowerCase();
}

function intIn(value: unknown): number | string {
  const number = Number(value);
  // As text where a double does not have it exactly. Some senders write a double that is whole, such as 1e300, as an integer.
  return typeof value === 'string' && /^-?\d{16,20}$/.test(value) && !Number.isSafeInteger(number) ? value : number;
}

/** Nanoseconds in a text or a number as microseconds. */
function microsIn(value: unknown): Micros {
  if (typeof value === 'number') return Math.floor(value / 1_000);
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value.slice(0, -3)) : 0;
}
