/** Levels of Nest, pino, winston and the console that are below `warn`. */
const QUIET: readonly unknown[] = ['silly', 'trace', 'verbose', 'debug', 'log', 'http', 'info', 'notice'];

/** Whether a log line is of level `warn` or above. A level with another name counts as one: it must not be missed. */
export function isLoud(level: unknown): boolean {
  return !QUIET.includes(level);
}

/** Whether a level reports a failure. */
export function isErrorLevel(level: unknown): boolean {
  return isLoud(level) && level !== 'warn' && level !== 'warning';
}
