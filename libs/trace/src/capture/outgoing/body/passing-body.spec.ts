import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { BodyCopy } from '../outgoing-dialect.js';
import { HeadTail } from './head-tail.js';
import { PassingBody } from './passing-body.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Bytes in chunks of these sizes, the last of which is used again. */
function* pieces(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[Math.min(i, sizes.length - 1)]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function passed(bytes: Buffer, sizes: readonly number[], headers: object, max: number): Promise<BodyCopy> {
  const body = new PassingBody(max, { ...JSON_TYPE, ...headers }, true);
  for (const piece of pieces(bytes, sizes)) {
    const own = Buffer.from(piece);
    body.add(own);
    // The application may change what it received.
    own.fill(0);
  }
  return body.copy();
}

/** The best quality, which is the default, takes a hundred times as long. */
const quickBrotli = (bytes: Buffer): Buffer =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

/** Text that does not pack well, so that long bodies are decoded while they arrive. */
const noise = (count: number): string =>
  Array.from({ length: count }, (_, i) => ((i * 2654435761) >>> 0).toString(36)).join('ñ');

const sizes = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 6 });

describe('the copy of a body', () => {
  it('is its first and its last bytes, however it is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (raw, cuts) => {
          const bytes = Buffer.from(raw);
          const kept = new HeadTail(100, 50);
          for (const piece of pieces(bytes, cuts)) kept.add(piece);
          expect(kept.size).toBe(bytes.length);
          expect(kept.first).toEqual(bytes.subarray(0, 100));
          expect(kept.last).toEqual(bytes.subarray(Math.max(100, bytes.length - 50)));
          expect(kept.whole).toBe(bytes.length <= 100);
        },
      ),
    );
  });

  it.each([
    ['gzip', gzipSync],
    ['br', quickBrotli],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['identity', (bytes: Buffer) => bytes],
  ] as const)('is decoded: %s', async (encoding, pack) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 20_000 }), sizes, async (count, cuts) => {
        const text = JSON.stringify({ text: noise(count) });
        const packed = pack(Buffer.from(text)) as Buffer;
        const copy = await passed(packed, cuts, { 'content-encoding': encoding }, 300_000);
        expect([copy.whole, copy.size, copy.text === text]).toEqual([true, packed.length, true]);
      }),
      { numRuns: 6 },
    );
  });

  it('of a body that was cut has what arrived', async () => {
    const text = noise(5_000);
    for (const [encoding, packed] of [
      ['gzip', gzipSync(text)],
      ['br', quickBrotli(Buffer.from(text))],
    ] as const) {
      const copy = await passed(packed.subarray(0, packed.length - 12), [40], { 'content-encoding': encoding }, 50_000);
      expect([encoding, text.startsWith(copy.text), copy.text.length > 1_000]).toEqual([encoding, true, true]);
    }
  });

  it('is unknown where it cannot be decoded, and its size is not', async () => {
    for (const encoding of ['gzip', 'br', 'zstd', 'gzip, br']) {
      const copy = await passed(Buffer.from('{"not":"packed"}'), [5], { 'content-encoding': encoding }, 1_000);
      expect([copy.text, copy.json(), copy.whole, copy.size]).toEqual(['', undefined, false, 16]);
    }
  });

  it('gives up a bomb, with what was read before', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const copy = await passed(bomb, [16_384], { 'content-encoding': 'gzip' }, 1_000);
    expect([copy.text.length, copy.whole]).toEqual([1_000, false]);
  });

  it('does not cut characters in two', async () => {
    const text = 'ñ'.repeat(200_000);
    const copy = await passed(Buffer.from(text), [70_001], {}, 1_001);
    expect(copy.text).toBe('ñ'.repeat(500));
    expect(copy.tail).toBe('ñ'.repeat(32 * 1024));
  });

  it('has the time of each byte of a stream, also of a compressed one', async () => {
    const headers = { 'content-type': 'text/event-stream' };
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    const chunks: Buffer[] = [];
    gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
    const body = new PassingBody(10_000, { ...headers, 'content-encoding': 'gzip' }, true);
    const plain = new PassingBody(10_000, headers, true);
    for (const part of ['data: a\n\n', 'data: b\n\n', 'data: c\n\n']) {
      plain.add(Buffer.from(part));
      await new Promise<void>((resolve) => gzip.write(part, () => resolve()));
      for (const chunk of chunks.splice(0)) body.add(chunk);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await body.copy();
    for (const watched of [plain, body]) {
      const times = [0, 9, 18].map((offset) => watched.monoAt(offset)!);
      expect(times[1]! - times[0]!).toBeGreaterThan(3);
      expect(times[2]! - times[1]!).toBeGreaterThan(3);
      expect(watched.monoAt(27)).toBeUndefined();
    }
  });
});
