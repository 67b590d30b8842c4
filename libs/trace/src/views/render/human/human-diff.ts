import type {
  CompareResponse,
  ComparedTrace,
  StepDifference,
  StepSide,
  ValueDifference,
} from '../../../contract/responses.js';
import { CHOSEN_BY, diffSummary, paceWords } from '../diff-words.js';
import { countOf, spellMs } from '../../text/durations.js';
import { valueWords } from '../../text/value-words.js';
import { oneLine, terminalSafe } from '../../text/visible-text.js';
import { fitCells } from './cell-width.js';
import { localTime, section } from './human-page.js';
import type { Page } from './human-page.js';
import { statusWord } from '../status-word.js';

/** The differences of two traces; steps that are the same are counted. */
export function diffLines(answer: CompareResponse, page: Page): string[] {
  const { counts, steps } = answer;
  const differing = steps.filter(({ change }) => change !== 'same');
  return [
    ...traceLines('A', answer.a, '', page),
    ...traceLines('B', answer.b, CHOSEN_BY[answer.chosen_by], page),
    '',
    page.ansi.bold(diffSummary(answer)),
    ...section(
      'As a whole',
      answer.differences.flatMap((difference) => valueLines(difference, page)),
      page,
    ),
    ...section(
      'Steps',
      differing.flatMap((step) => stepLines(step, page)),
      page,
    ),
    ...(counts.same === 0 ? [] : ['', page.ansi.dim(`${countOf(counts.same, 'step')} the same in both`)]),
  ];
}

function traceLines(letter: string, trace: ComparedTrace, found: string, page: Page): string[] {
  const { ansi } = page;
  const id = `${ansi.bold(letter)}  ${ansi.status(trace.status, statusWord(trace.status))}  ${ansi.bold(page.linked(trace.trace_id))}`;
  const words = `   ${localTime(trace.started_at, page)}  ${spellMs(trace.duration_ms)}  ${oneLine(trace.webhook_message ?? '–')}`;
  return [found === '' ? id : `${id}  ${ansi.dim(`(${found})`)}`, fitCells(words, page.width)];
}

const MARKS = { added: '+', removed: '−', changed: '~', slower: '🐢', faster: '⚡', same: '=' } as const;

function stepLines(step: StepDifference, page: Page): string[] {
  const { ansi } = page;
  const { change, kind, name, pace, a, b, differences, more_differences } = step;
  const paint = change === 'removed' ? ansi.red : change === 'added' ? ansi.green : ansi.yellow;
  const where =
    change === 'removed' ? `only in A (${stepAt(a)})` : change === 'added' ? `only in B (${stepAt(b)})` : '';
  const speed = pace === null ? '' : `${pace} in B: ${paceWords(step)}`;
  const words = [where, change === 'changed' ? 'changed' : '', speed].filter((part) => part !== '').join('; ');
  return [
    `${paint(MARKS[change])} ${terminalSafe(kind)}${name === null ? '' : ` ${terminalSafe(name)}`}  ${ansi.dim(words)}`,
    ...differences.flatMap((difference) => valueLines(difference, page).map((line) => `    ${line}`)),
    ...(more_differences > 0 ? [ansi.dim(`    and ${countOf(more_differences, 'more difference')}`)] : []),
  ];
}

function stepAt(side: StepSide | null): string {
  if (!side) return '';
  return `#${side.seq}, after ${spellMs(side.at_ms)}${side.duration_ms === null ? '' : `, took ${spellMs(side.duration_ms)}`}`;
}

function valueLines(difference: ValueDifference, page: Page): string[] {
  const room = Math.max(20, page.width - 12);
  const side = (letter: string, value: unknown): string =>
    fitCells(`${letter} ${terminalSafe(valueWords(value))}`, room);
  return [
    terminalSafe(difference.path === '' ? '(the whole value)' : difference.path),
    ...('a' in difference ? [`  ${page.ansi.red(side('A', difference.a))}`] : []),
    ...('b' in difference ? [`  ${page.ansi.green(side('B', difference.b))}`] : []),
  ];
}
