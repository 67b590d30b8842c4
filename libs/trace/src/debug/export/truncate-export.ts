import type { ErrorDto, ExportResponse } from '../../contract/responses.js';
import { estimateTokens } from '../../views/text/token-estimate.js';

/**
 * The export without its least useful parts, so that `render` makes at most `maxTokens` of it. It shortens and then
 * drops the stacks, contexts and causes of errors, then drops the middle of the timeline, then further errors, then cuts
 * long texts. Marks replace the dropped lines. The keys stay.
 */
export function truncateExport(
  answer: ExportResponse,
  maxTokens: number,
  render: (answer: ExportResponse) => string,
): ExportResponse {
  let fitted = answer;
  for (const step of steps()) {
    if (estimateTokens(render(fitted)) <= maxTokens) return fitted;
    fitted = step(fitted);
  }
  return fitted;
}

type Step = (answer: ExportResponse) => ExportResponse;

function* steps(): Generator<Step> {
  yield withErrors((error) => ({ ...error, stack: firstLines(error.stack, 6) }));
  yield withErrors((error) => ({ ...error, context: null, stack: firstLines(error.stack, 3) }));
  yield withErrors((error) => ({ ...error, cause: null, context: null, stack: null }));
  for (const keep of [60, 30, 16, 8, 4]) {
    yield (answer) => ({ ...answer, timeline: withoutMiddle(answer.timeline, keep) });
  }
  yield (answer) => (answer.errors ? { ...answer, errors: answer.errors.slice(0, 3) } : answer);
  for (const length of [400, 160, 60]) yield (answer) => cutTexts(answer, length);
  yield (answer) => ({ ...answer, summary: { message_sent: answer.summary.message_sent } });
  yield (answer) => ({
    ...answer,
    timeline: withoutMiddle(answer.timeline, 2),
    debug_hints: answer.debug_hints.slice(0, 2),
    errors: answer.errors?.slice(0, 1),
  });
  yield (answer) => ({ ...answer, timeline: [], errors: undefined });
  yield (answer) => ({ ...cutTexts(answer, 20), debug_hints: [] });
}

function withErrors(change: (error: ErrorDto) => ErrorDto): Step {
  return (answer) => (answer.errors ? { ...answer, errors: answer.errors.map(change) } : answer);
}

function firstLines(text: string | null, count: number): string | null {
  const lines = text?.split('\n') ?? [];
  return lines.length > count
    ? [...lines.slice(0, count), `    … ${lines.length - count} more lines`].join('\n')
    : text;
}

/** Keeps the first and the last lines: the request and the end. */
function withoutMiddle(lines: string[], keep: number): string[] {
  if (lines.length <= keep + 1) return lines;
  const marked = lines.findIndex((line) => OMITTED.test(line));
  const before = marked < 0 ? 0 : Number(OMITTED.exec(lines[marked] as string)?.[1]) - 1;
  const half = keep / 2;
  const omitted = lines.length - keep + before;
  return [...lines.slice(0, half), `… ${omitted} lines left out`, ...lines.slice(-half)];
}

const OMITTED = /^… (\d+) lines left out$/;

function cutTexts(answer: ExportResponse, length: number): ExportResponse {
  return {
    ...answer,
    webhook_message: answer.webhook_message === null ? null : cut(answer.webhook_message, length),
    timeline: answer.timeline.map((line) => cut(line, length)),
    debug_hints: answer.debug_hints.map((hint) => cut(hint, length)),
    summary: Object.fromEntries(
      Object.entries(answer.summary).map(([key, value]) => [
        key,
        typeof value === 'string' ? cut(value, length) : value,
      ]),
    ) as ExportResponse['summary'],
    ...(answer.errors && {
      errors: answer.errors.map((error) => ({ ...error, message: cut(error.message, length) })),
    }),
  };
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : text;
}
