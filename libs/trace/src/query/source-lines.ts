import { performance } from '../model/timers.js';
import type { ErrorAnswer, SourceLineAnswer } from '../views/answers.js';
import { asRecord } from '../views/lead-agent-vocabulary.js';
import { stackFrames } from '../views/stack-frames.js';
import { SourceFiles } from './source-files.js';
import type { Place } from './source-files.js';

/** Frames looked up for one trace: those somebody will read. */
const MAX_ERRORS = 5;
const FRAMES_PER_STACK = 6;
const MAX_FRAMES = 20;
/** Reading maps is work on the thread that asks; what is not found by then is shown as it stands in the stack. */
const PATIENCE_MS = 60;

/**
 * The source lines of application frames, where this process has the files they name: below `root`, and not changed since
 * the error. Nothing here fails, and nothing is told of why a line is missing.
 */
export async function findSourceLines(
  errors: readonly ErrorAnswer[],
  root: string = process.cwd(),
): Promise<SourceLineAnswer[]> {
  const files = new SourceFiles(root);
  const found = new Map<string, SourceLineAnswer>();
  const giveUpAt = performance.now() + PATIENCE_MS;
  let asked = 0;
  for (const { frame, at } of framesOf(errors)) {
    if (found.has(frame)) continue;
    if ((asked += 1) > MAX_FRAMES || performance.now() > giveUpAt) break;
    const place = placeOf(frame);
    const line = place && (await files.find(place, at).catch(() => undefined));
    if (line) found.set(frame, { frame, ...line });
  }
  return [...found.values()];
}

function* framesOf(errors: readonly ErrorAnswer[]): Generator<{ frame: string; at: number }> {
  for (const { stack, cause, timestamp } of errors.slice(0, MAX_ERRORS)) {
    const causes = Array.isArray(cause) ? cause.slice(0, 3) : [cause];
    const stacks = [stack, ...causes.map((each) => asRecord(each)['stack'])];
    for (const each of stacks) {
      if (typeof each !== 'string') continue;
      const { application } = stackFrames(each);
      for (const frame of application.slice(0, FRAMES_PER_STACK)) yield { frame, at: Date.parse(timestamp) };
    }
  }
}

const MAX_FRAME_CHARACTERS = 1_000;

function placeOf(frame: string): Place | undefined {
  if (frame.length > MAX_FRAME_CHARACTERS) return undefined;
  const [, file, line, column] = /^at (?:.* \(|async )?([^()]+):(\d{1,7}):(\d{1,7})\)?$/.exec(frame) ?? [];
  if (file === undefined) return undefined;
  return { file, line: Number(line), column: Number(column) };
}
