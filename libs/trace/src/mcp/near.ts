/** Characters of a word that is compared, so that a hostile name costs no more than a moment. */
const MAX_CHARACTERS = 100;

/** The candidates that are like a word, nearest first: other case, a part of it, or a few letters apart. */
export function nearOnes(word: string, candidates: readonly string[], most = 5): string[] {
  const wanted = plain(word);
  return candidates
    .map((candidate) => ({ candidate, away: distance(wanted, plain(candidate)) }))
    .filter(({ away }) => away <= Math.max(2, wanted.length / 3))
    .sort((a, b) => a.away - b.away)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

function plain(text: string): string {
  return text.slice(0, MAX_CHARACTERS).toLowerCase();
}

/** Letters to change, add or remove; 1 where one text is a part of the other. */
function distance(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
