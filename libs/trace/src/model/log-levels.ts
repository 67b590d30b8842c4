/** Levels of Nest's logger, the lowest first. */
export const LOG_LEVELS = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const;

/** A level of Nest's logger. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names that pino, winston (npm and syslog levels) and `console` have for the same levels. */
const SAME: Readonly<Record<string, LogLevel | undefined>> = {
  trace: 'verbose',
  silly: 'verbose',
  http: 'debug',
  info: 'log',
  notice: 'log',
  warning: 'warn',
  err: 'error',
  crit: 'fatal',
  critical: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
};

/** Nest's level for a logger's own name of a level, in lower case; `undefined` for an unknown name. */
export function knownLevel(name: string): LogLevel | undefined {
  if ((LOG_LEVELS as readonly string[]).includes(name)) return name as LogLevel;
  return Object.hasOwn(SAME, name) ? SAME[name] : undefined;
}

/** The same; `log` for an unknown name. */
export function logLevelOf(name: string): LogLevel {
  return knownLevel(name) ?? 'log';
}

/** Whether a level is `lowest` or higher. */
export function isAtLeast(level: LogLevel, lowest: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(lowest);
}
