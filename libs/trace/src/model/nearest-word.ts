/** The intended word: the one with the fewest typing mistakes, if that is at most a third of its length. */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const distance = typed !== '' && word.startsWith(typed) ? 0.5 : editDistance(typed, word);
    if (distance < bestDistance && distance <= Math.max(1, Math.ceil(word.length / 3))) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** Number of letters to insert, delete or replace (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
