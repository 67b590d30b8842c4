import { performance } from '../../model/timers.js';
import type { ErrorDto, SourceLineDto } from '../../contract/responses.js';
import { asRecord } from '../../views/events/event-data.js';
import { stackFrames } from '../../views/trace/stack-frames.js';
import { SourceFiles } from './source-files.js';
import type { Place } from './source-files.js';

/** Errors of one trace whose frames are looked up; the same fault mostly repeats. */
const MAX_ERRORS = 20;
/** Application frames of one stack: more than V8 keeps by default, `Error.stackTraceLimit` is 10. */
const FRAMES_PER_STACK = 20;
/** Different frames of one trace. A frame of a file that is read already costs microseconds, a file with its map 1 to 30 ms. */
const MAX_FRAMES = 120;
/** Reading maps blocks the thread; frames not found by then are shown as in the stack. */
const PATIENCE_MS = 60;

/**
 * The source lines of all application frames of errors, of their causes and of the errors inside them, where this process
 * has the files they name: below `root`, and not changed since the error. Never rejects; a missing line has no explanation.
 * @param patienceMs time after which no further frame is looked up, in milliseconds
 */
export async function findSourceLines(
  errors: readonly ErrorDto[],
  root: string = process.cwd(),
  patienceMs = PATIENCE_MS,
): Promise<SourceLineDto[]> {
  const files = new SourceFiles(root);
  const found = new Map<string, SourceLineDto>();
  const giveUpAt = performance.now() + patienceMs;
  const asked = new Set<string>();
  for (const { frame, at } of framesOf(errors)) {
    if (asked.has(frame)) continue;
    if (asked.add(frame).size > MAX_FRAMES || performance.now() > giveUpAt) break;
    const place = placeOf(frame);
    const line = place && (await files.find(place, at).catch(() => undefined));
    if (line) found.set(frame, { frame, ...line });
  }
  return [...found.values()];
}

/** The innermost frame of each stack first: with little time these are the ones to have. */
function* framesOf(errors: readonly ErrorDto[]): Generator<{ frame: string; at: number }> {
  const stacks = errors.slice(0, MAX_ERRORS).flatMap(({ stack, cause, timestamp }) => {
    const causes = Array.isArray(cause) ? cause : [cause];
    const all = [stack, ...causes.map((each) => asRecord(each)['stack'])];
    const texts = all.filter((each) => typeof each === 'string');
    const at = Date.parse(timestamp);
    return texts.map((text) => ({ frames: stackFrames(text).application.slice(0, FRAMES_PER_STACK), at }));
  });
  for (const { frames, at } of stacks) if (frames[0] !== undefined) yield { frame: frames[0], at };
  for (const { frames, at } of stacks) for (const frame of frames.slice(1)) yield { frame, at };
}

const MAX_FRAME_CHARACTERS = 1_000;

function placeOf(frame: string): Place | undefined {
  if (frame.length > MAX_FRAME_CHARACTERS) return undefined;
  const [, file, line, column] = /^at (?:.* \(|async )?([^()]+):(\d{1,7}):(\d{1,7})\)?$/.exec(frame) ?? [];
  if (file === undefined) return undefined;
  return { file, line: Number(line), column: Number(column) };
}
