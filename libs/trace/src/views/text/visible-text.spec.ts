import { assert, property, string } from 'fast-check';
import { terminalSafe, terminalSafeLines, clip, firstCharacters, oneLine, visibleText } from './visible-text.js';

/** Characters that control a terminal or are invisible. */
const DANGEROUS = /[\p{Cc}\p{Cs}\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u;

describe('visibleText', () => {
  it.each<[string, string, string]>([
    ['an escape', '\u001b[31mred', '␛[31mred'],
    ['a bell and a backspace', '\u0007\b', '␇␈'],
    ['delete', '\u007f', '␡'],
    ['C1 controls', '\u009b31m\u0090', '<U+009B>31m<U+0090>'],
    ['a direction override', 'a\u202Eb', 'a<U+202E>b'],
    ['an isolate', '\u2066x\u2069', '<U+2066>x<U+2069>'],
    ['zero width', 'ad\u200Bmin\uFEFF', 'ad<U+200B>min<U+FEFF>'],
    ['a joiner between Latin letters', 'ad\u200Dmin', 'ad<U+200D>min'],
    ['text hidden in tags', 'x\u{E0041}', 'x<U+E0041>'],
    ['half a character', 'a\uD83Db', 'a\uFFFDb'],
    ['a line break', 'a\nb', 'a␊b'],
  ])('shows %s', (_what, text, shown) => expect(visibleText(text)).toBe(shown));

  it.each([
    '¡Perfecto! ñ',
    '👩‍👩‍👧‍👦 👍🏽 ❤️‍🔥',
    '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    'می‌خواهم',
    'क्‍ष',
    '日本語',
    'e\u0301',
  ])('leaves %s unchanged', (text) => expect(visibleText(text)).toBe(text));

  it('keeps no character that controls a terminal, for any input', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(terminalSafe(text)).not.toMatch(DANGEROUS);
        expect(oneLine(text)).not.toMatch(DANGEROUS);
        for (const line of terminalSafeLines(text)) expect(line).not.toMatch(DANGEROUS);
      }),
      { numRuns: 500 },
    );
  });

  it('takes linear time', () => {
    const started = performance.now();
    for (const text of [' '.repeat(100_000), '\n'.repeat(100_000), '\u200D'.repeat(100_000), '🏴'.repeat(40_000)]) {
      oneLine(text);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('firstCharacters', () => {
  it.each<[string, number, string]>([
    ['', 3, ''],
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['👍🏽👍🏽', 1, '👍🏽'],
    ['e\u0301e\u0301', 1, 'e\u0301'],
    ['abc', 0, ''],
  ])('returns of %j, with %i', (text, count, first) => expect(firstCharacters(text, count)).toBe(first));

  it('adds dots only where it cut', () => {
    expect(clip('abcd', 3)).toBe('abc...');
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('🙂🙂', 2)).toBe('🙂🙂');
  });
});

it('splits lines of every kind', () => {
  expect(terminalSafeLines('a\r\nb\nc\rd\u2028e\tf\u001b')).toEqual(['a', 'b', 'c', 'd', 'e  f␛']);
});
