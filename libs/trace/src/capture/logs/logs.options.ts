import { badOption } from '../../model/option-checks.js';

/** Levels of Nest's logger, the lowest first. */
export const LOG_LEVELS = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const;

/** A level of Nest's logger. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lowest recorded level; `false`: no log lines. @throws TraceCollectorError `OPTION_INVALID` */
export function resolveLogs(given: LogLevel | false | undefined, env: NodeJS.ProcessEnv): LogLevel | false {
  if (given === undefined) return env.NODE_ENV === 'development' || env.NODE_ENV === 'test' ? 'log' : 'warn';
  if (given === false || LOG_LEVELS.includes(given)) return given;
  throw badOption('capture.logs', given, `${LOG_LEVELS.map((level) => `'${level}'`).join(', ')} or false`);
}
