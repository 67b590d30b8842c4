import type { CompareResponse, StepDifference, StepSide } from '../../contract/responses.js';
import { spellMs } from '../text/durations.js';

/** How `b` was found, in words that follow its id. */
export const CHOSEN_BY: Readonly<Record<CompareResponse['chosen_by'], string>> = {
  id: '',
  contact: 'the newest completed trace of the same contact',
  route_and_agent: 'the newest completed trace of the same route and agent',
  route: 'the newest completed trace of the same route',
};

/** `2 steps only in A, 1 only in B, 3 changed, 1 slower in B`. */
export function diffSummary({ identical, counts }: CompareResponse): string {
  if (identical) return 'No difference but in when it happened';
  const parts: [number, string][] = [
    [counts.removed, 'only in A'],
    [counts.added, 'only in B'],
    [counts.changed, 'changed'],
    [counts.slower, 'slower in B'],
    [counts.faster, 'faster in B'],
  ];
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return words.length === 0 ? 'The steps are the same' : `Steps: ${words.join(', ')}`;
}

/** `4.1 s in A, 120 ms in B`. */
export function paceWords({ a, b }: Pick<StepDifference, 'a' | 'b'>): string {
  return `${took(a)} in A, ${took(b)} in B`;
}

function took(side: StepSide | null): string {
  return side?.duration_ms === null || side === null ? '–' : spellMs(side.duration_ms);
}
