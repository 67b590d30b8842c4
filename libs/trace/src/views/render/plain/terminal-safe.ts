import { visibleText } from '../../text/visible-text.js';

/**
 * Text that is safe to print: every control, bidi and invisible character is shown instead of sent, line breaks
 * included, so one text is one line. Whoever prints captured text passes it through here.
 */
export function terminalSafe(text: string): string {
  return visibleText(text.replaceAll('\t', '  '));
}

/** The same for text of several lines, a stack say: split at its line breaks, each line safe. */
export function terminalSafeLines(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map(terminalSafe);
}
