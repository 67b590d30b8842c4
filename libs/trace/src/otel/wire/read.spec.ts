import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { OtelSpan } from '../otel-span.js';
import type { ReadSpans } from './read-budget.js';
import { readJson, readOtlpObject } from './read-json.js';
import { readProtobuf } from './read-protobuf.js';
import { WireFault } from './wire-fault.js';
import { writeProtobuf } from './write-protobuf.js';

/** The same sequence in each run: a body that fails is found again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const hex = (random: (below: number) => number, count: number): string =>
  Array.from({ length: count }, (_, at) =>
    (at === 0 ? 1 + random(255) : random(256)).toString(16).padStart(2, '0'),
  ).join('');

/** A span as OpenTelemetry's SDK has it at its end. */
function sdkSpan(n: number, random: (below: number) => number) {
  const traceId = hex(random, 16);
  const seconds = 1_700_000_000 + random(100_000_000);
  const values = [
    'Quiero agendar una cita 📅',
    '',
    'x'.repeat(300),
    0,
    -1,
    -(2 ** 40),
    42,
    2 ** 31,
    Number.MAX_SAFE_INTEGER,
    0.5,
    -1e-9,
    1e300,
    true,
    false,
    ['a', 'b'],
    [1, 2.5],
    [],
    [true, false],
  ];
  const attributes = Object.fromEntries(
    Array.from({ length: random(12) }, (_, at) => [`key.${at}`, values[random(values.length)]]),
  );
  return {
    name: n % 7 === 0 ? '' : `span ${n}`,
    kind: random(5),
    spanContext: () => ({ traceId, spanId: hex(random, 8), traceFlags: 1, ...state(n) }),
    ...(n % 3 > 0 && { parentSpanContext: { traceId, spanId: hex(random, 8), traceFlags: 1, isRemote: n % 2 === 0 } }),
    startTime: [seconds, random(1_000_000_000)],
    endTime: [seconds + random(100), random(1_000_000_000)],
    status: { code: random(3), ...(n % 4 === 0 && { message: `failed: ${n}` }) },
    attributes,
    links: n % 5 > 0 ? [] : [{ context: { traceId, spanId: hex(random, 8), traceFlags: 0 }, attributes }],
    events: Array.from({ length: random(3) }, () => ({ name: 'exception', time: [seconds, random(1e9)], attributes })),
    duration: [0, 0],
    ended: true,
    resource: n % 2 > 0 ? RESOURCES[0] : RESOURCES[1],
    instrumentationScope: { name: 'agents', ...(n % 2 > 0 && { version: '1.2.3' }) },
    droppedAttributesCount: n % 3,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const state = (n: number) => (n % 6 > 0 ? {} : { traceState: { serialize: () => `a=${n},b=2` } });
const RESOURCES = ['python-agent', 'go-worker'].map((name) => ({
  attributes: { 'service.name': name, 'process.pid': 7 },
  asyncAttributesPending: false,
}));

const random = randomOf(20);
const SPANS = Array.from({ length: 600 }, (_, n) => sdkSpan(n, random)) as never[];
/** The ids are made when they are asked for, so both bodies are of one pass. */
const fixed = SPANS.map((span: any) => {
  const context = span.spanContext();
  return { ...span, spanContext: () => context };
}) as never[];
const PROTOBUF = Buffer.from(ProtobufTraceSerializer.serializeRequest(fixed)!);
const JSON_BODY = Buffer.from(JsonTraceSerializer.serializeRequest(fixed)!);
const SMALL = Buffer.from(ProtobufTraceSerializer.serializeRequest(fixed.slice(0, 6))!);
const SMALL_JSON = Buffer.from(JsonTraceSerializer.serializeRequest(fixed.slice(0, 6))!);

/** What became of a body: its spans, or the status with which it is refused. Another error fails the test. */
function outcomeOf(read: (body: Buffer) => ReadSpans, body: Buffer): ReadSpans | number {
  try {
    return read(body);
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    expect(error.message.length).toBeGreaterThan(20);
    return error.status;
  }
}

const BOTH: [string, (body: Buffer) => ReadSpans, Buffer][] = [
  ['protobuf', readProtobuf, SMALL],
  ['JSON', readJson, SMALL_JSON],
];

describe('requests of OpenTelemetry’s own serializer', () => {
  it('have the same spans in protobuf and in JSON', () => {
    const [binary, text] = [readProtobuf(PROTOBUF), readJson(JSON_BODY)];
    expect([binary.spans.length, binary.rejected]).toEqual([600, 0]);
    expect(binary).toEqual(text);
  });

  it('have the values that the SDK had', () => {
    const { spans } = readProtobuf(PROTOBUF);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const sdk of fixed as any[]) {
      const { traceId, spanId } = sdk.spanContext();
      const read = byId.get(spanId)!;
      expect(read).toMatchObject({
        traceId,
        name: sdk.name,
        kind: sdk.kind + 1,
        status: sdk.status,
        startedAt: micros(sdk.startTime),
        endedAt: micros(sdk.endTime),
        scope: sdk.instrumentationScope,
      });
      expect(read.parentSpanId).toBe(sdk.parentSpanContext?.spanId);
      expect({ ...read.attributes }).toEqual(sdk.attributes);
      expect({ ...read.resource }).toEqual(sdk.resource.attributes);
      expect(read.events.map(({ name, at }) => [name, at])).toEqual(
        sdk.events.map((event: any) => [event.name, micros(event.time)]),
      );
      expect(read.links.map((link) => link.spanId)).toEqual(sdk.links.map((link: any) => link.context.spanId));
    }
  });

  it('are the same again when they are written by us', () => {
    const { spans } = readProtobuf(PROTOBUF);
    const sorted = (list: readonly OtelSpan[]) => list.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1));
    expect(sorted(readProtobuf(Buffer.from(writeProtobuf(spans))).spans)).toEqual(sorted(spans));
  });
});

describe.each(BOTH)('a body in %s', (_, read, whole) => {
  it('that is cut anywhere is refused, or has whole spans only', () => {
    const all = JSON.stringify(read(whole).spans);
    for (let at = 0; at < whole.length; at += 1) {
      const outcome = outcomeOf(read, whole.subarray(0, at));
      if (typeof outcome === 'number') expect(outcome).toBe(400);
      // Protobuf has no length of the whole: nothing at all is an empty request.
      else expect(outcome.spans.every((span) => all.includes(JSON.stringify(span)))).toBe(true);
    }
  });

  it('is refused or read after each of 10,000 mutations', () => {
    const pick = randomOf(7);
    const refused = { 400: 0, 413: 0 } as Record<number, number>;
    let taken = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const outcome = outcomeOf(read, mutated(whole, pick));
      if (typeof outcome === 'number') refused[outcome]! += 1;
      else {
        taken += 1;
        for (const { traceId, spanId, startedAt } of outcome.spans) {
          expect([traceId.length, spanId.length, Number.isSafeInteger(startedAt)]).toEqual([32, 16, true]);
        }
      }
    }
    expect(refused[400]).toBeGreaterThan(1_000);
    expect(taken).toBeGreaterThan(100);
  });
});

describe('a body in JSON, read one span at a time', () => {
  const parsed = (body: Buffer): ReadSpans => {
    let request: unknown;
    try {
      request = JSON.parse(body.toString());
    } catch {
      throw new WireFault(400, 'The body is not valid JSON.');
    }
    return readOtlpObject(request);
  };
  const resourceSpans = (JSON.parse(SMALL_JSON.toString()) as { resourceSpans: object[] }).resourceSpans;
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, each]) => [name, reversed(each)]),
    );
  };
  const spans = JSON.stringify(resourceSpans);

  it.each([
    ['with members in another order', JSON.stringify(reversed({ resourceSpans }))],
    ['with white space', ` \t\r\n${JSON.stringify({ a: -1.5e3, resourceSpans, b: [true, null, '"'] }, null, 3)}\n `],
    ['with an escaped name', `{"resource\\u0053pans":${spans}}`],
    ['with a name twice', `{"resourceSpans":[],"resourceSpans":${spans}}`],
    ['with a name twice, the last one no list', `{"resourceSpans":${spans},"resourceSpans":null}`],
    ['with members without a meaning', JSON.stringify({ x: [{ y: [1, 'a'] }], resourceSpans, z: { spans: [{}] } })],
    ['without spans', '{"resourceSpans":[{"scopeSpans":[{"spans":null},{}]},{"scopeSpans":null},{}]}'],
    ['whose groups are no objects', '{"resourceSpans":[1]}'],
    ['whose scopes are no list', '{"resourceSpans":[{"scopeSpans":{}}]}'],
    ['whose spans are no list', '{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}'],
    ['whose span is no object', '{"resourceSpans":[{"scopeSpans":[{"spans":[[]]}]}]}'],
    ['of another kind', '[1,2]'],
    ['that is a number', '12'],
    ['that is empty', ''],
    ['with a byte order mark', `\ufeff{"resourceSpans":${spans}}`],
    ['with more behind it', `{"resourceSpans":${spans}}}`],
    ['with a comma too many', `{"resourceSpans":${spans},}`],
    ['with a comma too many in a list', `{"resourceSpans":[${JSON.stringify(resourceSpans[0])},]}`],
    ['without a comma', `{"a":1 "resourceSpans":${spans}}`],
    ['without a colon', `{"resourceSpans"${spans}}`],
    ['with brackets that do not match', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"a":[}]}]}]}]}'],
    ['with a name that is no text', '{1:2,"resourceSpans":[]}'],
  ])('%s is what JSON.parse makes of it', (_, text) => {
    expect(outcomeOf(readJson, Buffer.from(text))).toEqual(outcomeOf(parsed, Buffer.from(text)));
  });

  it('is what JSON.parse makes of it after each of 3,000 mutations', () => {
    const pick = randomOf(11);
    let taken = 0;
    for (let n = 0; n < 3_000; n += 1) {
      const body = mutated(SMALL_JSON, pick);
      const outcome = outcomeOf(readJson, body);
      expect(outcome).toEqual(outcomeOf(parsed, body));
      if (typeof outcome !== 'number') taken += 1;
    }
    expect(taken).toBeGreaterThan(100);
  });

  it('that has too much in one span or one resource is refused', () => {
    const numbers = `[${'1,'.repeat(160_000)}1]`;
    for (const text of [
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"x":${numbers}}]}]}]}`,
      `{"resourceSpans":[{"resource":${numbers}}]}`,
    ]) {
      expect(outcomeOf(readJson, Buffer.from(text))).toBe(413);
    }
  });
});

it.each([
  ['a million attributes', 413, () => bytesField(9, 1_000_000, bytes(1, Buffer.from('k')))],
  ['a million events', 413, () => bytesField(11, 1_000_000, Buffer.alloc(0))],
  ['a million fields without a meaning', 413, () => bytesField(12, 1_000_000, Buffer.alloc(0))],
])('%s are refused', (_, status, content) => {
  expect(outcomeOf(readProtobuf, bytes(1, bytes(2, bytes(2, content()))))).toBe(status);
});

it('a million spans are refused', () => {
  expect(outcomeOf(readProtobuf, bytes(1, bytes(2, bytesField(2, 1_000_000, Buffer.alloc(0)))))).toBe(413);
  const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(1_000_000)}{}]}]}]}`;
  expect(outcomeOf(readJson, Buffer.from(json))).toBe(413);
});

it('values that nest deeper than anything that is sent are refused', () => {
  let value = bytes(1, Buffer.from('x'));
  for (let n = 0; n < 5_000; n += 1) value = bytes(5, bytes(1, value));
  const attribute = Buffer.concat([bytes(1, Buffer.from('k')), bytes(2, value)]);
  expect(outcomeOf(readProtobuf, bytes(1, bytes(2, bytes(2, bytes(9, attribute)))))).toBe(400);
  const json = `{"resourceSpans":[{"x":${'['.repeat(500_000)}`;
  expect(outcomeOf(readJson, Buffer.from(json))).toBe(400);
});

it('spans without ids or times are counted apart, with a reason', () => {
  const [good] = readProtobuf(SMALL).spans;
  const bad = [
    { ...good!, traceId: '0'.repeat(32) },
    { ...good!, spanId: 'abcd' },
    { ...good!, startedAt: 0 },
  ];
  expect(readProtobuf(Buffer.from(writeProtobuf([good!, ...bad])))).toMatchObject({
    spans: [{ spanId: good!.spanId }],
    rejected: 3,
    reason: expect.stringContaining('trace id'),
  });
});

it('an attribute of the name __proto__ is a value like the others', () => {
  const [good] = readProtobuf(SMALL).spans;
  const attributes = JSON.parse('{"__proto__":"x"}');
  const [read] = readProtobuf(Buffer.from(writeProtobuf([{ ...good!, attributes }]))).spans;
  expect(Object.keys(read!.attributes)).toEqual(['__proto__']);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

function micros([seconds, nanos]: [number, number]): number {
  return seconds * 1_000_000 + Math.floor(nanos / 1_000);
}

function mutated(whole: Buffer, pick: (below: number) => number): Buffer {
  const body = Buffer.from(whole);
  for (let n = 1 + pick(4); n > 0; n -= 1) body[pick(body.length)] = pick(256);
  const kind = pick(4);
  if (kind === 0) return body.subarray(0, pick(body.length));
  if (kind === 1) return Buffer.concat([body.subarray(0, pick(body.length)), body.subarray(pick(body.length))]);
  return body;
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([field * 8 + 2]), varint(content.length), content]);
}

function bytesField(field: number, count: number, content: Buffer): Buffer {
  const one = bytes(field, content);
  return Buffer.alloc(count * one.length, one);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80);
  return Buffer.from([...out, rest]);
}
