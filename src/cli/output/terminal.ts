import type { Env } from '../config/settings.js';

/** What the text is for: a person at a terminal, or a file or pipe. */
export interface Terminal {
  color: boolean;
  width: number;
}

/** Columns that a pipe or file is laid out for. */
const DEFAULT_WIDTH = 100;

/** Colours only where a person sees them, unless FORCE_COLOR asks; NO_COLOR and `--no-color` win over everything. */
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
