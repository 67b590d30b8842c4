import { editDistance } from '../model/nearest-word.js';

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
  return editDistance(a, b);
}
