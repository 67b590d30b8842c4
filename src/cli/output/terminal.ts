import type { Env } from '../config/settings.js';

/** Colours and width of the output. */
export interface Terminal {
  color: boolean;
  width: number;
}

/** Columns of text in a pipe or file. */
const DEFAULT_WIDTH = 100;

/** Colours only on a terminal, or with FORCE_COLOR; NO_COLOR and `--no-color` override both. */
export function terminalOf(
  stream: { isTTY?: boolean; columns?: number },
  env: Env,
  asked: { color?: boolean; toFile: boolean },
): Terminal {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  const person = stream.isTTY === true && env['TERM'] !== 'dumb';
  const color = asked.color !== false && !env['NO_COLOR'] && !asked.toFile && (person || forced);
  const columns = stream.columns ?? Number(env['COLUMNS']);
  const width = asked.toFile || !(columns > 0) ? DEFAULT_WIDTH : Math.floor(columns);
  return { color, width: Math.max(40, width) };
}

/**
 * Lines of text without control sequences: an error's message may quote captured text. The tables of Unicode are loaded
 * only for text that needs them: they take 20 ms, a fifth of a short command.
 */
export async function safeLines(text: string): Promise<string> {
  if (/^[\x20-\x7e\n]*$/.test(text)) return text;
  const { terminalSafeLines } = await import('../../../libs/trace/src/views/text/visible-text.js');
  return terminalSafeLines(text).join('\n');
}
