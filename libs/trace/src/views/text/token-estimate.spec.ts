import { countTokens as countNew } from 'gpt-tokenizer/encoding/o200k_base';
import { countTokens as countOld } from 'gpt-tokenizer/encoding/cl100k_base';
import { readFileSync } from 'node:fs';
import { estimateTokens } from './token-estimate.js';

/** The same numbers in each run. */
function random(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const next = random();
const pick = (from: readonly string[], count: number): string =>
  Array.from({ length: count }, () => from[Math.floor(next() * from.length)]).join('');
const LOWER = [...'abcdefghijklmnopqrstuvwxyz'];
const ANY = [...LOWER, ...LOWER.map((letter) => letter.toUpperCase()), ...'0123456789'];
const codes = (from: number, count: number, step = 1): string[] =>
  Array.from({ length: count }, (_, index) => String.fromCodePoint(from + index * step));

const TEXTS: Record<string, string> = {
  'a document': readFileSync('README.md', 'utf8').slice(0, 20_000),
  code: readFileSync('libs/trace/src/query/trace-query.ts', 'utf8'),
  JSON: readFileSync('package-lock.json', 'utf8').slice(0, 20_000),
  Spanish: '¡Perfecto! Tengo estos horarios para tu conversación: mañana a las diez, o el miércoles. '.repeat(50),
  German: 'Donaudampfschifffahrtsgesellschaft Rechtsschutzversicherung überqueren Straßenbahn '.repeat(50),
  Indonesian: 'selamat pagi saya ingin membuat janji besok pagi terima kasih '.repeat(50),
  Vietnamese: 'Xin chào tôi muốn đặt lịch hẹn vào ngày mai '.repeat(50),
  Russian: 'Здравствуйте, хочу записаться на приём завтра '.repeat(50),
  Arabic: 'مرحبا بكم في هذا المكان الجميل '.repeat(50),
  Japanese: '日本語のテキストを解析する。予約をお願いします'.repeat(50),
  'hexadecimal digits': pick([...'0123456789abcdef'], 5_000),
  base64: pick(ANY, 5_000),
  'letters without a word': pick(LOWER, 5_000),
  'short words that are none': Array.from({ length: 500 }, () => pick(LOWER, 5)).join(' '),
  'long words that are none': Array.from({ length: 500 }, () => pick(LOWER, 9)).join(' '),
  digits: pick([...'0123456789'], 3_000),
  punctuation: pick([...'!"#$%&/()=?`*+~.,;:-_<>|{}[]'], 3_000),
  emoji: '😀👩‍👩‍👧🤖🔧❌📥🇪🇸'.repeat(200),
  'rare characters': pick(codes(0x4e00, 2_000, 10), 2_000),
  syllables: pick(codes(0xac00, 2_000, 5), 2_000),
  'marks on marks': pick(codes(0x300, 100), 2_000),
  'pictures of controls': '␛␀␇␊<U+202E>'.repeat(300),
  'mathematical letters': pick(codes(0x1d400, 500), 1_000),
};

it.each(Object.keys(TEXTS))('counts no fewer tokens than tokenizers do: %s', (name) => {
  const text = TEXTS[name] as string;
  const real = Math.max(countNew(text), countOld(text));
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(real);
});

it.each(['a document', 'code', 'JSON', 'Spanish'])('counts no more than twice as many: %s', (name) => {
  const text = TEXTS[name] as string;
  expect(estimateTokens(text)).toBeLessThanOrEqual(2 * countNew(text));
});

it('counts no fewer for any two characters, repeated, alone or before letters and digits', () => {
  const signs = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'];
  const fewer: string[] = [];
  for (const pair of signs.flatMap((a) => signs.map((b) => a + b))) {
    for (const behind of ['', ' ', 'x', '1']) {
      const text = (pair + behind).repeat(50);
      if (estimateTokens(text) < Math.max(countNew(text), countOld(text))) fewer.push(pair + behind);
    }
  }
  expect(fewer).toEqual([]);
});

it.each([...' \t\n-=#"('])('counts no fewer for a long run of %j', (sign) => {
  for (const length of [2, 5, 16, 31, 64, 200, 1_000]) {
    const text = `a${sign.repeat(length)}`.repeat(20);
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(Math.max(countNew(text), countOld(text)));
  }
});

it('counts no tokens in an empty text', () => expect(estimateTokens('')).toBe(0));
