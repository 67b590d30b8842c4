import { JsonBytes } from './json-bytes.js';
import { JsonPiece } from './json-pieces.js';

function written(write: (out: JsonBytes) => void): string {
  const out = new JsonBytes(64);
  // The previous content must make no difference.
  out.buffer.fill(0x39);
  write(out);
  return out.toString();
}

describe('numbers', () => {
  const edges = Array.from({ length: 16 }, (_, n) => 10 ** n).flatMap((power) => [power - 1, power, power + 1]);
  it.each([
    ['small ones', Array.from({ length: 20_000 }, (_, n) => n)],
    ['powers of ten and their neighbours', edges],
    ['below zero', edges.slice(1).map((n) => -n)],
    ['instants', Array.from({ length: 500 }, (_, n) => 1_705_761_022_000 + n * 7_919)],
    ['the limit of exact integers', [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 53, 2 ** 32, 2 ** 31 - 1]],
    ['with a fraction or an exponent', [0.1, -1.5, 1e21, 5e-324]],
    ['with three decimals', Array.from({ length: 20_000 }, (_, n) => (n * 7_919) / 1_000)],
    ['below zero with decimals', [-0.001, -0.25, -12.345, -999_999_999.999]],
    ['with more decimals', [0.0005, -0.0005, 0.1 + 0.2, 1.0001, 1 / 3, 123_456.789_1, 1e-7]],
    ['large with decimals', [999_999_999.999, 1e9 + 0.5, 4_503_599_627_370_495.5]],
  ])('are as JavaScript writes them: %s', (_, numbers) => {
    const wrong = numbers.filter((n) => written((out) => out.writeNumber(n)) !== String(n));
    expect(wrong).toEqual([]);
  });

  it('keep the sign of zero', () => expect(written((out) => out.writeNumber(-0))).toBe('-0'));
});

it('pieces of any length are written one behind the other', () => {
  const texts = ['', 'a', '{}', ',"a":', '"ab"', 'false', '"abcd"', ',"role":'];
  const out = new JsonBytes(16);
  for (const text of texts) {
    out.room(text.length + 3);
    out.write(JsonPiece.of(text));
  }
  expect(out.toString()).toBe(texts.join(''));
});

describe('the hash of the written bytes', () => {
  const markOf = (text: string, before = ''): number => {
    let mark = Number.NaN;
    written((out) => {
      out.writeText(before);
      const start = out.at;
      out.writeText(text);
      mark = out.markFrom(start);
    });
    return mark;
  };

  it.each(['', '{}', '{"a":{"b":1}}', '{"id":"msg_12","flags":{"read":true}}', 'x'.repeat(5_000)])(
    'is the same at any offset: %#',
    (text) => expect(markOf(text, 'abc')).toBe(markOf(text)),
  );

  it('differs for nearly all records that differ by their id', () => {
    const marks = new Set(Array.from({ length: 1_000 }, (_, n) => markOf(`{"id":"msg_${n}","flags":{"read":true}}`)));
    expect(marks.size).toBeGreaterThan(990);
  });
});
