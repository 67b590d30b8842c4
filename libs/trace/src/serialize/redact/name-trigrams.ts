/** Case and `-`, `_`, `.` and blanks make no difference in a name; other characters than letters end a word. */
const SKIPPED = 31;
const ODD_MARK = 30;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const CODES = new Uint8Array(128);
for (const [i, letter] of [...LETTERS].entries()) {
  CODES[letter.charCodeAt(0)] = CODES[letter.toUpperCase().charCodeAt(0)] = i + 1;
}
for (const character of '-_. \t\n\v\f\r') CODES[character.charCodeAt(0)] = SKIPPED;
for (const character of ':=') CODES[character.charCodeAt(0)] = ODD_MARK;

/** The letters from frequent to rare in names; those of hexadecimal ids first. */
const FREQUENT = 'eadbcftirnoslumpghyvwkxjqz';

/**
 * The cheap question about a key: whether it can contain one of these words. It looks for one group of three letters per word.
 * Keys that are data (ids, SKUs, dates, UUIDs) nearly always answer no, for 30 ns; the rules for names take 2 µs.
 */
export class NameTrigrams {
  private readonly groups = new Uint8Array(1 << 15);
  private asksAll = false;

  /** @param words folded (`foldKey`) */
  constructor(words: Iterable<string>) {
    for (const word of words) {
      const group = rarest(word);
      if (group === undefined) this.asksAll = true;
      else this.groups[group] = 1;
    }
  }

  /** What a key can be by its letters. Errs towards `name`. */
  look(key: string): KeyLook {
    if (this.asksAll) return LOOK.name;
    const { groups } = this;
    let pair = 0;
    let found: KeyLook = LOOK.data;
    for (let i = 0; i < key.length; i += 1) {
      const character = key.charCodeAt(i);
      if (character > 127 && vanishes(character)) return LOOK.name;
      const code = character > 127 ? 0 : CODES[character]!;
      if (code === SKIPPED) continue;
      if (code === ODD_MARK) found = LOOK.marked;
      const group = (pair << 5) | code;
      if (groups[group] === 1) return LOOK.name;
      pair = group & 0x3ff;
    }
    return found;
  }
}

/** `data`: no word is in it. `marked`: the same, with a `:` or `=`. `name`: a word may be in it. */
export const LOOK = { data: 0, marked: 1, name: 2 } as const;
export type KeyLook = (typeof LOOK)[keyof typeof LOOK];

/** Whether a character beyond ASCII is a blank, or is a letter of ASCII in lower case: the Kelvin sign and the dotted I. */
function vanishes(character: number): boolean {
  return (
    character === 0xa0 ||
    character === 0x130 ||
    character === 0x1680 ||
    (character >= 0x2000 && character <= 0x206f) ||
    character === 0x212a ||
    character === 0x3000 ||
    character === 0xfeff
  );
}

/** The group of three letters of `word` that is rarest elsewhere; `undefined`: it has no three letters in a row. */
function rarest(word: string): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (let i = 2; i < word.length; i += 1) {
    const letters = Array.from(word.slice(i - 2, i + 1));
    if (!letters.every((letter) => LETTERS.includes(letter))) continue;
    const rarity = letters.reduce((sum, letter) => sum + FREQUENT.indexOf(letter), 0);
    // In many keys that are data: `key_1`.
    const score = letters.join('') === 'key' ? 0 : rarity;
    if (score <= most) continue;
    most = score;
    best = letters.reduce((group, letter) => (group << 5) | CODES[letter.charCodeAt(0)]!, 0);
  }
  return best;
}
