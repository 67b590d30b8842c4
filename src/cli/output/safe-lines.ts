import { terminalSafeLines } from '../../../libs/trace/src/views/render/terminal-safe.js';

/** Text of several lines, each free of what could drive the terminal: an error's message may quote captured text. */
export function safeLines(text: string): string {
  return terminalSafeLines(text).join('\n');
}
