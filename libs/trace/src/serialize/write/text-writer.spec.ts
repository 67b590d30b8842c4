import { JsonBytes } from '../../model/json-bytes.js';
import { compileRedaction } from '../redact/redaction.js';
import { createSerializer } from '../serializer.js';
import { wellFormed } from '../values/text.js';
import { writeText } from './text-writer.js';

const out = new JsonBytes(16);

function written(text: string): string {
  out.start();
  writeText(out, text);
  return out.toString();
}

describe('a text as JSON', () => {
  it('equals the native output for each UTF-16 unit, short or long, except lone surrogates', () => {
    const wrong: number[] = [];
    for (let code = 0; code <= 0xffff; code += 1) {
      const unit = String.fromCharCode(code);
      const as = (text: string): boolean => written(text) === JSON.stringify(wellFormed(text));
      if (!as(`a${unit}z`) || !as(unit) || (code % 97 === 0 && !as(`${unit}${'x'.repeat(300)}${unit}`)))
        wrong.push(code);
    }
    expect(wrong).toEqual([]);
  });

  it.each(['😀', 'a😀\ud83d', '\ude00😀b', '\ud83d\ud83d\ude00', '😀'.repeat(200), '', '"\\\u2028/\u007f'])(
    'is unchanged or repaired around a surrogate pair: %j',
    (text) => expect(written(text)).toBe(JSON.stringify(wellFormed(text))),
  );
});

describe('the marks of a text', () => {
  const { json } = createSerializer();
  const redaction = compileRedaction();
  const part = (...parts: string[]): string => parts.join('');
  /** One of each kind, and a similar text. */
  const PIECES = [
    'Bearer abcdefgh1',
    'bASIC dXNlcjpjYW5hcnk=',
    'beautiful',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl',
    '4111111111111111',
    '5555 5555 5555 4444',
    '2024-01-20T14:30:22Z',
    part('sk-', 'proj-0123456789ABCDEF'),
    part('pk-lf', '-0123456789ABCDEF'),
    part('xoxb', '-123456789012-0123456789'),
    part('xapp', '-123456789012-0123456789'),
    part('glpat', '-0123456789abcd'),
    '-----BEGIN PRIVATE KEY-----\nMIICAN',
    ...[
      'sk_live',
      'whsec',
      'ghp',
      'gho',
      'ghu',
      'ghs',
      'ghr',
      'github_pat',
      'npm',
      'shpat',
      'shpss',
      'shpca',
      'shppa',
    ].map((maker) => part(maker, '_0123456789abcdefghij')),
    ...['glsa', 'dop_v1', 'sbp', 'lin_api', 'hf', 'sk'].map((maker) => part(maker, '_0123456789abcdefghij')),
    part('AKIA', 'ABCD0123456789'),
    part('ASIA', 'ABCD0123456789'),
    part('AIza', 'SyCanary0123456789_abcdefghijklmnopqr'),
    part('EAA', 'Gcanary0123456789ABCDEFGH'),
    part('SG', '.canary0123456789.abcdefghijklmnop'),
    part('ya29', '.canary0123456789abcdef'),
    '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
    'https://ana:pw@host.example/a',
    'https%3A%2F%2Fana%3Apw%40host',
    'password%3Dcanary1',
    'password: canary1',
    'token=canary1',
    '{"pin":"4711"}',
    'at 9:00',
    'a=b',
  ];
  const AROUND = ['', ' ', '\n', 'ñ', '"', '.', ', x'];

  it('exist for every secret: a secret that is hidden alone is hidden in a payload', () => {
    const wrong: string[] = [];
    for (const piece of PIECES) {
      for (const before of AROUND) {
        for (const after of AROUND) {
          const text = before + piece + after;
          const expected = JSON.stringify({ said: redaction.string(text, 1_000) });
          if (json({ said: text }) !== expected) wrong.push(text);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('do not mark a payload of common words as suspect', () => {
    const { suspectsText } = redaction;
    out.start();
    expect(suspectsText('Quiero agendar una cita', writeText(out, 'Quiero agendar una cita'))).toBe(false);
    expect(suspectsText('a beautiful day at 9:00', writeText(out, 'a beautiful day at 9:00'))).toBe(false);
  });
});

describe('the bytes of a payload', () => {
  it('equal its JSON, also while other values are written as text', () => {
    const serializer = createSerializer();
    const value = { text: 'mañana a las 9, ¿sí? 😀', list: [1, -2.5, null, true], map: new Map([['a', 1]]) };
    const bytes = serializer.bytes(value);
    const json = serializer.json({ other: 1 });
    expect(bytes.toString()).toBe(serializer.json(value));
    expect(json).toBe('{"other":1}');
  });

  it('grow and shrink with their values', () => {
    const serializer = createSerializer();
    const large = { rows: Array.from({ length: 1_000 }, (_, i) => ({ i, text: '→'.repeat(20) })) };
    for (const value of [large, { a: 1 }, { text: '¡'.repeat(16_000) }, [], 'x', 12345678901, -0.5]) {
      expect(serializer.bytes(value).toString()).toBe(JSON.stringify(value));
    }
  });
});
