import type { ErrorDto, EventDto } from '../contract/responses.js';
import { EVENT } from '../model/vocabulary.js';
import { stepName } from '../views/compare/step-alignment.js';
import { isErrorEvent, isSpan } from '../views/events/event-response.js';
import { dataOf } from '../views/events/event-data.js';
import { ranges } from '../views/text/ranges.js';
import { clipText } from '../views/text/visible-text.js';
import { causesOf, causeWords } from '../views/render/cause-words.js';
import type { SourceFrames } from '../views/trace/source-frames.js';
import { firstFrame } from '../views/trace/stack-frames.js';
import { cutValue } from './cut-value.js';
import type { TreeNode } from './trace-tree.js';

const NAME_CHARACTERS = 100;
/** Characters of an error's message, as a share of those of an input. */
const MESSAGE_SHARE = 2.5;

/** What the nodes of one answer are drawn with. */
export interface NodeContext {
  /** Start of the trace, in milliseconds since 1970. */
  startedAt: number;
  errors: ReadonlyMap<number, ErrorDto>;
  source: SourceFrames;
}

/**
 * A step of the tree without the steps inside it. `step` is the number that `get_steps` takes.
 *
 * @param width characters of its input and of its output
 */
export function stepNode({ event, folded }: TreeNode, width: number, { startedAt, errors, source }: NodeContext) {
  const { outcome } = isSpan(event) ? dataOf(event) : {};
  const error = isErrorEvent(event) ? errors.get(event.seq) : undefined;
  return {
    step: event.seq,
    ...(folded.length > 1 && {
      times: folded.length,
      same_steps: ranges(
        folded.map(({ seq }) => seq),
        6,
      ),
    }),
    ...(isSpan(event) && { kind: event.type }),
    ...(isErrorEvent(event) && { kind: 'error' }),
    at_ms: Math.max(0, Math.round(Date.parse(event.timestamp) - startedAt)),
    ...(event.duration_ms !== null && { duration_ms: Math.round(event.duration_ms) }),
    ...(folded.length > 1 && event.duration_ms !== null && { total_ms: Math.round(totalMs(folded)) }),
    ...(isSpan(event) && event.duration_ms === null && { open: true }),
    ...(outcome === 'error' || outcome === 'cancelled' ? { outcome } : {}),
    untrusted: error ? errorText(error, width, source) : capturedOf(event, folded, width),
  };
}

function totalMs(events: readonly EventDto[]): number {
  return events.reduce((sum, { duration_ms: ms }) => sum + (ms ?? 0), 0);
}

function capturedOf(event: EventDto, folded: readonly EventDto[], width: number): object {
  const name = stepName(event);
  const named = name === null ? {} : { name: clipText(name, NAME_CHARACTERS) };
  if (!isSpan(event)) {
    const type = clipText(event.type, NAME_CHARACTERS);
    // The message is at the head of the answer.
    if (event.data === null || event.type === EVENT.received || width === 0) return { type, ...named };
    return { type, ...named, data: cutValue(event.data, width * 1.5).value };
  }
  const { input, output } = dataOf(event);
  const last = folded.at(-1)!;
  const lastOutput = last === event ? undefined : dataOf(last).output;
  const differs = lastOutput !== undefined && JSON.stringify(lastOutput) !== JSON.stringify(output);
  if (width === 0) return named;
  return {
    ...named,
    ...(input !== undefined && { in: cutValue(input, width).value }),
    ...(output !== undefined && { out: cutValue(output, width).value }),
    ...(differs && { last_out: cutValue(lastOutput, width).value }),
  };
}

function errorText(error: ErrorDto, width: number, source: SourceFrames): object {
  const characters = Math.max(40, Math.round(width * MESSAGE_SHARE));
  const frame = firstFrame(error.stack);
  const cause = causesOf(error).at(-1);
  return {
    type: clipText(error.type, NAME_CHARACTERS),
    location: clipText(error.location, NAME_CHARACTERS),
    message: clipText(error.message, characters),
    ...(cause !== undefined && { root_cause: clipText(causeWords(cause), characters) }),
    ...(frame !== undefined && width > 0 && { frame: clipText(source.line(frame), characters) }),
  };
}
