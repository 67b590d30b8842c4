import type { Env } from '../config/settings.js';

/** What the output can show. */
export interface Terminal {
  color: boolean;
  /** Columns of text. */
  width: number;
  /** A person reads it on a screen whose lines can be replaced. */
  interactive: boolean;
  /** Rows of the screen; `undefined` for a pipe or file. */
  rows: number | undefined;
  /** The terminal has hyperlinks (OSC 8). */
  hyperlinks: boolean;
}

/** Columns of text in a pipe or file. */
const DEFAULT_WIDTH = 100;

/** Colours only on a terminal, or with FORCE_COLOR; NO_COLOR and `--no-color` override both. */
export function terminalOf(
  stream: { isTTY?: boolean; columns?: number; rows?: number },
  env: Env,
  asked: { color?: boolean; toFile: boolean },
): Terminal {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  const person = stream.isTTY === true && env['TERM'] !== 'dumb';
  const color = asked.color !== false && !env['NO_COLOR'] && !asked.toFile && (person || forced);
  const columns = stream.columns ?? Number(env['COLUMNS']);
  const width = asked.toFile || !(columns > 0) ? DEFAULT_WIDTH : Math.floor(columns);
  const interactive = person && !asked.toFile;
  return {
    color,
    width: Math.max(40, width),
    interactive,
    rows: interactive && stream.rows ? stream.rows : undefined,
    hyperlinks: !asked.toFile && hasHyperlinks(env, { interactive, color, off: asked.color === false }),
  };
}

/**
 * Hyperlinks follow colours, as in other programs: NO_COLOR turns both off. FORCE_HYPERLINK turns links on or off alone,
 * but not against `--no-color`.
 */
function hasHyperlinks(env: Env, on: { interactive: boolean; color: boolean; off: boolean }): boolean {
  const forced = env['FORCE_HYPERLINK'];
  if (forced !== undefined && forced !== '') return forced !== '0' && !on.off;
  return on.interactive && on.color && !env['CI'] && knowsHyperlinks(env);
}

/** Programs that name themselves, all of which have had hyperlinks for years. Old ones would print the address as text. */
const PROGRAMS = ['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'Tabby', 'rio', 'zed', 'WarpTerminal'];

function knowsHyperlinks(env: Env): boolean {
  const vte = Number(env['VTE_VERSION']);
  // VTE 0.50.0 crashes on them.
  if (vte > 5000) return true;
  if (env['WT_SESSION'] || env['KONSOLE_VERSION'] || env['DOMTERM']) return true;
  if (/^(?:xterm-kitty|alacritty|foot|xterm-ghostty)/.test(env['TERM'] ?? '')) return true;
  return PROGRAMS.includes(env['TERM_PROGRAM'] ?? '');
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
