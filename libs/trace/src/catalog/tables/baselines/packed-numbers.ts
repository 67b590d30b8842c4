/**
 * Small whole numbers as one text inside JSON, five bits a character: parsing a text takes a tenth of the time of parsing a
 * list of numbers. No character of it needs an escape.
 */
const MORE = 35;
const LAST = 93;
const BASE = 32;

export function packNumbers(numbers: readonly number[]): string {
  return numbers.map(packed).join('');
}

function packed(n: number): string {
  let text = String.fromCharCode(LAST + (n % BASE));
  for (let rest = Math.floor(n / BASE); rest > 0; rest = Math.floor(rest / BASE)) {
    text = String.fromCharCode(MORE + (rest % BASE)) + text;
  }
  return text;
}

export function unpackNumbers(text: string, take: (n: number) => void): void {
  let n = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < LAST) n = n * BASE + (code - MORE);
    else {
      take(n * BASE + (code - LAST));
      n = 0;
    }
  }
}
