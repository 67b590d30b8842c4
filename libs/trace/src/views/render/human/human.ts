import type { Micros } from '../../../model/record.js';
import { ZonedStamp } from '../../../model/trace-id.js';
import { diffLines } from './human-diff.js';
import { activeLines, contactLines, listLines } from './human-lists.js';
import { exportLines, quickDebugLines, traceLines } from './human-trace.js';
import { errorGroupLines } from './human-errors.js';
import { instanceLines } from './human-instances.js';
import { healthLines } from './human-health.js';
import { statsLines } from './human-stats.js';
import type { Degradable } from '../../../contract/responses.js';
import type { Page } from './human-page.js';
import { ansi, hyperlink } from './ansi.js';
import type { ListColumn } from '../list-columns.js';
import type { AnswerKind, AnswersByKind, Format } from '../kinds.js';
import { terminalSafe } from '../../text/visible-text.js';

// Re-exported for `get-trace` without a command, which loads them with this module.
export { countOf, spellMs } from '../../text/durations.js';

export interface HumanOptions {
  /** ANSI colours. Default: `false`, which gives no escape sequence. */
  color?: boolean;
  /** Width of the terminal in cells. Default: 100. */
  width?: number;
  /** Zone of dates and times. Default: the process's. */
  zone?: ZonedStamp;
  /** The current time: times of today are shown without the date. Default: all have the date. */
  now?: Micros;
  /** Columns of a list. Default: those that the width has room for. */
  columns?: readonly ListColumn[];
  /** Returns the command that continues a list after a cursor. Default: the cursor is shown. */
  more?: (cursor: string) => string;
  /** Lines after the answer, which say what to type next. Default: none. */
  next?: readonly string[];
  /** Returns the address of a trace's page, for terminals with hyperlinks. Default: no links. */
  link?: (traceId: string) => string;
}

const HUMAN: Format<Page> = {
  list: (answer, page) => text(listLines(answer, page)),
  trace: (answer, page) => text(traceLines(answer, page)),
  error: (answer, page) =>
    text([...traceLines(answer, page), '', page.ansi.dim(`Export it: ${terminalSafe(answer.export_command)}`)]),
  export: (answer, page) => text(exportLines(answer, page)),
  contact: (answer, page) => text(contactLines(answer, page)),
  debug: (answer, page) => text(quickDebugLines(answer, page)),
  active: (answer, page) => text(activeLines(answer, page)),
  stats: (answer, page) => text(statsLines(answer, page)),
  health: (answer, page) => text(healthLines(answer, page)),
  errors: (answer, page) => text(errorGroupLines(answer, page)),
  instances: (answer, page) => text(instanceLines(answer, page)),
  diff: (answer, page) => text(diffLines(answer, page)),
};

/** A response as text for people, without a line break at the end. Captured text cannot control the terminal. */
export function renderHuman<Kind extends AnswerKind>(
  kind: Kind,
  answer: AnswersByKind[Kind],
  options: HumanOptions = {},
): string {
  const { link, columns, more, next = [] } = options;
  const page: Page = {
    ansi: ansi(options.color ?? false),
    columns,
    more,
    linked: (id, shown = terminalSafe(id)) => (link ? hyperlink(link(id), shown) : shown),
    width: options.width ?? 100,
    zone: options.zone ?? new ZonedStamp(),
    today: options.now === undefined ? undefined : (options.zone ?? new ZonedStamp()).at(options.now).date,
  };
  const after = next.length === 0 ? [] : ['', ...next.map((line) => page.ansi.dim(terminalSafe(line)))];
  return [...degradedLines(answer, page), HUMAN[kind](answer, page), ...after].join('\n');
}

/** First, because an answer with traces missing would be misread. */
function degradedLines(answer: AnswersByKind[AnswerKind], page: Page): string[] {
  const { degraded } = answer as Degradable;
  return degraded === undefined ? [] : [page.ansi.yellow(`⚠️ ${terminalSafe(degraded)}`), ''];
}

function text(lines: string[]): string {
  return lines.join('\n');
}
