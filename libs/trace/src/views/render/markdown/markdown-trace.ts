import type { CompareResponse } from '../../../contract/responses.js';
import { SourceFrames } from '../../trace/source-frames.js';
import { rankSteps, errorsWithSteps } from '../../trace/rank-steps.js';
import { clipText, terminalSafe } from '../../text/visible-text.js';
import { costOf, MarkdownBudget } from './markdown-budget.js';
import { LeftOut } from './markdown-left-out.js';
import { comparisonVariants } from './markdown-comparison.js';
import { errorVariants } from './markdown-errors.js';
import { furtherHints, headVariants } from './markdown-head.js';
import type { RenderedTrace } from '../kinds.js';
import { payload } from './markdown-payload.js';
import { hasPayload, stepSection } from './markdown-steps.js';
import { code, fence } from './markdown-text.js';
import { StepNumbers } from '../step-numbers.js';

export interface MarkdownOptions {
  /** Tokens of a language model that the text has at most, estimated. Default: 8,000. */
  maxTokens?: number;
  /** Comparison with a completed trace. Default: none. */
  comparison?: CompareResponse;
}

export const DEFAULT_MAX_TOKENS = 8_000;

const LINE_CHARACTERS = 300;
const MAX_REFUSED = 5;
const timelineBlock = (kept: string[]): string[] => ['', '## Timeline', '', ...fence(kept.join('\n'), 'text')];

/**
 * A trace for a person or a model that looks for the cause of a problem. The most useful parts come first and are dropped
 * last: status and hints, errors, timeline, then inputs and outputs by `rankSteps`. The end lists the parts that did not fit,
 * with their step numbers.
 */
export function traceMarkdown(
  trace: RenderedTrace,
  { maxTokens = DEFAULT_MAX_TOKENS, comparison }: MarkdownOptions = {},
): string {
  const numbers = new StepNumbers(trace.events);
  const notes = new LeftOut(trace, maxTokens, numbers);
  const budget = new MarkdownBudget(maxTokens - notes.reserved);
  const head = budget.takeFirst(headVariants(trace)) ?? [];
  const lines = [
    ...head,
    ...errorsPart(trace, numbers, budget, notes),
    ...hintsPart(trace, budget, notes),
    ...timelinePart(trace, budget, notes),
    ...summaryPart(trace, budget, notes),
    ...comparisonPart(comparison, budget, notes),
    ...stepsPart(trace, numbers, budget, notes),
  ];
  return [...lines, ...notes.lines(budget)].join('\n');
}

function errorsPart(trace: RenderedTrace, numbers: StepNumbers, budget: MarkdownBudget, notes: LeftOut): string[] {
  const errors = errorsWithSteps({ events: trace.events ?? [], errors: trace.errors ?? [] });
  if (errors.length === 0) return [];
  const heading = ['', `## Errors (${errors.length})`];
  if (!budget.take(heading)) return notes.leaveOut(`all ${errors.length} errors`);
  const source = new SourceFrames(trace.source_lines);
  const lines = [...heading];
  for (const [index, { error, step }] of errors.entries()) {
    // The first error explains most of the later ones.
    const share = budget.left * (index === 0 ? 0.5 : 0.2);
    const title = errorTitle(index + 1, step, numbers);
    const shown = budget.left < 100 ? undefined : budget.takeFirst(errorVariants(error, title, source), share);
    if (shown) lines.push(...shown);
    else {
      const left = errors.slice(index);
      notes.leaveOut(
        `${left.length} errors`,
        left.flatMap((each) => each.step ?? []),
      );
      break;
    }
  }
  return lines;
}

/** `Error 1, step 6, inside step 5`: the error's own step, and the span that it happened in. */
function errorTitle(n: number, seq: number | null, numbers: StepNumbers): string {
  if (seq === null) return `Error ${n}`;
  const around = numbers.around(seq);
  return `Error ${n}, step ${numbers.of(seq)}${around === undefined ? '' : `, inside step ${around}`}`;
}

function hintsPart(trace: RenderedTrace, budget: MarkdownBudget, notes: LeftOut): string[] {
  const hints = furtherHints(trace);
  if (hints.length === 0) return [];
  const lines = ['', '## Further hints', '', ...hints];
  return budget.take(lines, budget.left / 4) ? lines : notes.leaveOut(`${hints.length} hints`);
}

/** The timeline, or its begin and its end. */
function timelinePart({ timeline }: RenderedTrace, budget: MarkdownBudget, notes: LeftOut): string[] {
  if (timeline.length === 0) return [];
  const atMost = budget.left * 0.5;
  // Each line is measured once, and only until the budget is used up: a loop has ten thousand.
  let free = atMost - costOf(timelineBlock(['… 10000 lines left out']));
  const kept = { first: [] as string[], last: [] as string[] };
  while (kept.first.length + kept.last.length < timeline.length) {
    const fromStart = kept.first.length <= kept.last.length;
    const index = fromStart ? kept.first.length : timeline.length - 1 - kept.last.length;
    const line = clipText(timeline[index] as string, LINE_CHARACTERS);
    free -= costOf([terminalSafe(line)]);
    if (free < 0) break;
    (fromStart ? kept.first : kept.last).push(line);
  }
  const left = timeline.length - kept.first.length - kept.last.length;
  const marker = left === 0 ? [] : [`… ${left} lines left out`];
  const lines = timelineBlock([...kept.first, ...marker, ...kept.last.toReversed()]);
  if (kept.first.length === 0 || !budget.take(lines)) return notes.leaveOut('the timeline');
  if (left > 0) notes.leaveOut(`${left} lines of the timeline`);
  return lines;
}

function summaryPart({ summary }: RenderedTrace, budget: MarkdownBudget, notes: LeftOut): string[] {
  const part = payload('## Summary', summary, Math.min(600, budget.left / 3));
  if (!part) return notes.leaveOut('the summary');
  const lines = part.lines.map((line) => (line.startsWith('## Summary') ? line.replace(/:$/, '') : line));
  return budget.take(lines) ? lines : notes.leaveOut('the summary');
}

/** The comparison gets a small share of the budget, because a reader can request it alone. */
function comparisonPart(comparison: CompareResponse | undefined, budget: MarkdownBudget, notes: LeftOut): string[] {
  if (!comparison) return [];
  const lines = budget.takeFirst(comparisonVariants(comparison), budget.left * 0.2);
  return lines ?? notes.leaveOut(`the comparison with ${code(comparison.b.trace_id)}`);
}

function bodyPart(body: unknown, budget: MarkdownBudget, notes: LeftOut): string[] {
  const part = payload('The body of the webhook', body, Math.min(1_000, budget.left * 0.5));
  if (!part || !budget.take(part.lines)) return notes.leaveOut('the body of the webhook');
  if (part.cut) notes.leaveOut('a part of the body of the webhook');
  return part.lines;
}

/** Inputs and outputs in the order of the trace, chosen by `rankSteps`. */
function stepsPart(trace: RenderedTrace, numbers: StepNumbers, budget: MarkdownBudget, notes: LeftOut): string[] {
  const events = trace.events ?? [];
  const chosen = rankSteps({ events }).filter(hasPayload);
  const body = trace.webhook?.body ?? null;
  if (chosen.length === 0 && body === null) return [];
  const heading = ['', '## Inputs and outputs'];
  if (!budget.take(heading))
    return notes.leaveOut(
      'inputs and outputs',
      chosen.map(({ seq }) => seq),
    );
  const sections = new Map<number, string[]>();
  const left: number[] = [];
  const inPart: number[] = [];
  let refused = 0;
  for (const event of chosen) {
    // After several steps that did not fit, the rest is not tried: there may be thousands.
    const section = refused < MAX_REFUSED ? stepSection(event, numbers.of(event.seq), budget) : undefined;
    if (section) sections.set(event.seq, section.lines);
    else {
      refused += 1;
      left.push(event.seq);
    }
    if (section?.cut) inPart.push(event.seq);
  }
  const bodyLines = body === null ? [] : bodyPart(body, budget, notes);
  if (left.length > 0) notes.leaveOut('inputs and outputs', left);
  if (inPart.length > 0) notes.leaveOut('a part of the inputs and outputs', inPart);
  const lines = events.flatMap(({ seq }) => sections.get(seq) ?? []);
  return lines.length + bodyLines.length === 0 ? [] : [...heading, ...bodyLines, ...lines];
}
