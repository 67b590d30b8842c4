/** The frames of a stack: those in the application's own files, and all others. Lines as they stand, trimmed. */
export interface StackFrames {
  application: string[];
  other: string[];
}

const FRAME = /^\s*at\s/;
/** Node itself, installed packages, and this package's own wrapper around a traced method. */
const FOREIGN =
  /\bnode:|[\\/]node_modules[\\/]|\((?:<anonymous>|native|index \d+)\)$|[\\/]libs[\\/]trace[\\/]src[\\/]context[\\/]/;

/**
 * Application frames are where somebody who reads the error will look, so they come first wherever a stack is shown.
 * What stands before the first frame repeats the message and is left out.
 */
export function stackFrames(stack: string | null): StackFrames {
  const frames: StackFrames = { application: [], other: [] };
  for (const line of (stack ?? '').split(/\r\n|[\n\r]/)) {
    if (!FRAME.test(line)) continue;
    frames[FOREIGN.test(line) ? 'other' : 'application'].push(line.trim());
  }
  return frames;
}

/** The frame to look at first: the application's innermost, else the innermost there is. */
export function firstFrame(stack: string | null): string | undefined {
  const { application, other } = stackFrames(stack);
  return application[0] ?? other[0];
}
