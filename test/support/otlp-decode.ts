/** A span of a request, as far as specs compare it. */
export interface DecodedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  attributes: Record<string, unknown>;
  events: { name: string; attributes: Record<string, unknown> }[];
  links: number;
  status: { code: number; message: string };
  flags: number;
  resource: Record<string, unknown>;
}

type Field = number | bigint | Buffer;

/** Fields of a message by their number. Written for specs from the schema, apart from the package's own writer. */
function fields(bytes: Buffer): Map<number, Field[]> {
  const found = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut varint');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('cut field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const type = tag & 7;
    const value =
      type === 0
        ? BigInt.asIntN(64, varint())
        : type === 1
          ? take(8)
          : type === 2
            ? take(Number(varint()))
            : take(4).readUInt32LE();
    found.set(tag >> 3, [...(found.get(tag >> 3) ?? []), value]);
  }
  return found;
}

const bytesOf = (field: Field | undefined): Buffer => (Buffer.isBuffer(field) ? field : Buffer.alloc(0));
const all = (of: Map<number, Field[]>, field: number): Buffer[] => (of.get(field) ?? []).map(bytesOf);
const text = (of: Map<number, Field[]>, field: number): string => bytesOf(of.get(field)?.[0]).toString();
const hex = (of: Map<number, Field[]>, field: number): string => bytesOf(of.get(field)?.[0]).toString('hex');
const whole = (of: Map<number, Field[]>, field: number): number => Number(of.get(field)?.[0] ?? 0);

function valueOf(bytes: Buffer): unknown {
  const of = fields(bytes);
  if (of.has(1)) return text(of, 1);
  if (of.has(2)) return whole(of, 2) === 1;
  if (of.has(3)) return whole(of, 3);
  if (of.has(4)) return bytesOf(of.get(4)![0]).readDoubleLE();
  if (of.has(5)) return all(fields(bytesOf(of.get(5)![0])), 1).map(valueOf);
  if (of.has(6)) return attributes(fields(bytesOf(of.get(6)![0])), 1);
  return of.has(7) ? bytesOf(of.get(7)![0]) : null;
}

function attributes(of: Map<number, Field[]>, field: number): Record<string, unknown> {
  return Object.fromEntries(
    all(of, field).map((pair) => {
      const inner = fields(pair);
      return [text(inner, 1), valueOf(bytesOf(inner.get(2)?.[0]))];
    }),
  );
}

function time(of: Map<number, Field[]>, field: number): bigint {
  const at = bytesOf(of.get(field)?.[0]);
  return at.length === 0 ? 0n : at.readBigUInt64LE();
}

function span(bytes: Buffer, resource: Record<string, unknown>): DecodedSpan {
  const of = fields(bytes);
  const status = fields(bytesOf(of.get(15)?.[0]));
  return {
    traceId: hex(of, 1),
    spanId: hex(of, 2),
    parentSpanId: hex(of, 4),
    name: text(of, 5),
    kind: whole(of, 6),
    start: time(of, 7),
    end: time(of, 8),
    attributes: attributes(of, 9),
    events: all(of, 11).map((event) => ({ name: text(fields(event), 2), attributes: attributes(fields(event), 3) })),
    links: all(of, 13).length,
    status: { code: whole(status, 3), message: text(status, 2) },
    flags: whole(of, 16),
    resource,
  };
}

/** Spans of an `ExportTraceServiceRequest`. */
export function decodeSpans(body: Buffer): DecodedSpan[] {
  return all(fields(body), 1).flatMap((group) => {
    const of = fields(group);
    const resource = attributes(fields(bytesOf(of.get(1)?.[0])), 1);
    return all(of, 2).flatMap((scope) => all(fields(scope), 2).map((each) => span(each, resource)));
  });
}
