import type { ErrorGroup, ErrorGroupsResponse } from '../../../contract/responses.js';
import { countOf } from '../../text/durations.js';
import { oneLine, terminalSafe } from '../../text/visible-text.js';
import { examinedWords } from '../error-group-words.js';
import { fitCells } from './cell-width.js';
import { localTime } from './human-page.js';
import type { Page } from './human-page.js';

/** Heights of a sparkline. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Errors of the same origin, three lines each: how many and what, when and where, and what to type. */
export function errorGroupLines(answer: ErrorGroupsResponse, page: Page): string[] {
  const { groups, complete } = answer;
  const counted = complete ? [] : ['', page.ansi.dim(examinedWords(answer))];
  if (groups.length === 0) return ['No errors.', ...counted];
  return [...groups.flatMap((group, at) => [...(at === 0 ? [] : ['']), ...groupLines(group, page)]), ...counted];
}

function groupLines(group: ErrorGroup, page: Page): string[] {
  const { ansi, width } = page;
  const { type, message, location, state, fingerprint, last_trace_id: newest } = group;
  const many = `${group.count}×`;
  const title = fitCells(oneLine(`${type}: ${message}`), Math.max(20, width - many.length - 2));
  const seen =
    group.count === 1
      ? `at ${localTime(group.last_seen, page)}`
      : `${localTime(group.first_seen, page)} to ${localTime(group.last_seen, page)}`;
  const reach = `${countOf(group.traces, 'trace')}, ${countOf(group.contacts, 'contact')}, ${seen}`;
  return [
    `${ansi.bold(many)}  ${state === 'open' ? ansi.red(title) : ansi.dim(title)}`,
    `   in ${fitCells(terminalSafe(location), Math.max(20, width - 6))}`,
    `   ${fitCells(reach, Math.max(20, width - 4))}${sparkline(group.bars, reach.length + 4, page)}`,
    ansi.dim(
      `   ${stateWords(group, page)}${terminalSafe(fingerprint)}, newest: ${page.linked(newest, terminalSafe(newest))}`,
    ),
  ];
}

function stateWords({ state, state_since: since }: ErrorGroup, page: Page): string {
  if (state === 'open') return '';
  return `${state}${since === null ? '' : ` since ${localTime(since, page)}`}, `;
}

/** When the errors happened, where the line has room for it. */
function sparkline(bars: readonly number[], used: number, { width, ansi }: Page): string {
  const highest = Math.max(...bars);
  if (!(highest > 0) || used + bars.length + 2 > width) return '';
  const drawn = bars.map((count) => (count === 0 ? ' ' : BARS[Math.ceil((count / highest) * BARS.length) - 1]));
  return `  ${ansi.cyan(drawn.join('').trimEnd())}`;
}
