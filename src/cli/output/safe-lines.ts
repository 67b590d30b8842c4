/**
 * Text of several lines, each free of what could drive the terminal: an error's message may quote captured text.
 * The tables of Unicode are loaded for text that needs them only: they take 20 ms, a fifth of a short command.
 */
export async function safeLines(text: string): Promise<string> {
  if (/^[\x20-\x7e\n]*$/.test(text)) return text;
  const { terminalSafeLines } = await import('../../../libs/trace/src/views/text/visible-text.js');
  return terminalSafeLines(text).join('\n');
}
