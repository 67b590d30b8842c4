import type { CompareResponse, StepDifference } from '../../../contract/responses.js';
import { clipText } from '../../text/visible-text.js';
import { spellMs } from '../../text/durations.js';
import { CHOSEN_BY } from '../diff-words.js';
import { statusWord } from '../status-word.js';
import { code } from './markdown-text.js';

/** Steps of one list, in ever shorter variants. */
const MOST = [12, 5, 2] as const;
const NAME_CHARACTERS = 80;

/**
 * Comparison of trace `a` with a completed trace `b`: the steps that `a` lacks, the steps that only `a` has, the steps that
 * took longer in `a`.
 */
export function* comparisonVariants(answer: CompareResponse): Generator<() => string[]> {
  for (const most of MOST) yield () => comparisonLines(answer, most);
}

function comparisonLines({ b, chosen_by, steps }: CompareResponse, most: number): string[] {
  const found = CHOSEN_BY[chosen_by];
  const items = [
    ...list('Missing here', named(steps, 'added'), most),
    ...list('Only here', named(steps, 'removed'), most),
    ...list('Slower here', slower(steps), most),
  ];
  return [
    '',
    '## Compared with one that went well',
    '',
    `- With ${code(b.trace_id)}${found === '' ? '' : `, ${found}`}: ${statusWord(b.status)}, ${spellMs(b.duration_ms)}`,
    ...(items.length > 0 ? items : ['- The same steps ran, and none took notably longer.']),
  ];
}

function list(title: string, words: readonly string[], most: number): string[] {
  if (words.length === 0) return [];
  const more = words.length > most ? `, and ${words.length - most} more` : '';
  return [`- ${title}: ${words.slice(0, most).join(', ')}${more}`];
}

/** One entry per kind and name, with the number of steps. */
function named(steps: readonly StepDifference[], change: StepDifference['change']): string[] {
  const counts = new Map<string, number>();
  for (const step of steps) {
    if (step.change === change) counts.set(stepWords(step), (counts.get(stepWords(step)) ?? 0) + 1);
  }
  return Array.from(counts, ([words, count]) => (count === 1 ? words : `${words} × ${count}`));
}

function slower(steps: readonly StepDifference[]): string[] {
  // Differences go from `a` to `b`: a step that was slow in `a` is faster in `b`.
  return steps
    .filter(({ pace }) => pace === 'faster')
    .toSorted((x, y) => excess(y) - excess(x))
    .map(
      (step) => `${stepWords(step)} ${spellMs(step.a?.duration_ms ?? 0)}, there ${spellMs(step.b?.duration_ms ?? 0)}`,
    );
}

function excess({ a, b }: StepDifference): number {
  return (a?.duration_ms ?? 0) - (b?.duration_ms ?? 0);
}

function stepWords({ kind, name }: Pick<StepDifference, 'kind' | 'name'>): string {
  return code(clipText(name === null ? kind : `${kind} ${name}`, NAME_CHARACTERS));
}
