import type { SourceLineDto } from '../api/responses.js';
import { record } from './trace-log.js';

export interface StackLine {
  text: string;
  /** The source line of this frame. */
  found: SourceLineDto | undefined;
}

/** The lines of a stack, each with its source line where the trace has one. */
export function stackLines(stack: string, source: readonly SourceLineDto[]): StackLine[] {
  const byFrame = new Map(source.map((line) => [line.frame, line]));
  return stack.split(/\r\n|[\n\r]/).map((text) => ({ text, found: byFrame.get(text.trim()) }));
}

/** The stacks of an error's causes, outermost first. */
export function causeStacks(cause: unknown): string[] {
  const causes: unknown[] = Array.isArray(cause) ? cause : [cause];
  return causes.map((each) => record(each).stack).filter((stack) => typeof stack === 'string');
}
