/**
 * The first `length` UTF-16 units of `text` and a note of how many characters were left out. No surrogate pair is cut
 * in two, and the result does not keep the text it comes from alive, as V8's slices do: a 100 MB string must not hang
 * on a 16 KB record.
 */
export function cutText(text: string, length: number, leftOut: number): string {
  return copyOf(`${headOf(text, length)}…[+${leftOut} chars]`);
}

/** The first `length` UTF-16 units, one less where the last would be half a character. */
export function headOf(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** Missing in TypeScript's ES2023, present in Node 20. */
interface Surrogates {
  isWellFormed(): boolean;
  toWellFormed(): string;
}

/** Half a surrogate pair cannot be written as UTF-8; it becomes U+FFFD. */
export function wellFormed(text: string): string {
  const surrogates = text as unknown as Surrogates;
  return surrogates.isWellFormed() ? text : surrogates.toWellFormed();
}
