/** The frames of a stack, trimmed: those in the application's own files, and all others. */
export interface StackFrames {
  application: string[];
  other: string[];
}

const FRAME = /^\s*at\s/;
/** Node itself, installed packages, and this package's own wrapper around a traced method. */
const FOREIGN =
  /\bnode:|[\\/]node_modules[\\/]|\((?:<anonymous>|native|index \d+)\)$|[\\/]libs[\\/]trace[\\/]src[\\/]context[\\/]/;

/**
 * Splits a stack into frames of the application, which every view shows first because the cause is mostly there, and other
 * frames. The lines before the first frame repeat the message and are left out.
 */
export function stackFrames(stack: string | null): StackFrames {
  const frames: StackFrames = { application: [], other: [] };
  for (const line of (stack ?? '').split(/\r\n|[\n\r]/)) {
    if (!FRAME.test(line)) continue;
    frames[FOREIGN.test(line) ? 'other' : 'application'].push(line.trim());
  }
  return frames;
}

/** The innermost frame of the application, else the innermost frame. */
export function firstFrame(stack: string | null): string | undefined {
  const { application, other } = stackFrames(stack);
  return application[0] ?? other[0];
}
