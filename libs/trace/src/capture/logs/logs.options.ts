import { LOG_LEVELS, type LogLevel } from '../../model/log-levels.js';
import { badOption, booleanOption, objectOption } from '../../model/option-checks.js';

export type { LogLevel } from '../../model/log-levels.js';

/** Which log lines are recorded. */
export interface LogsModuleOptions {
  /** Lowest recorded level. Default: `log` where `NODE_ENV` is `development` or `test`, else `warn`. */
  level?: LogLevel;
  /**
   * Record what the application prints with `console.error`, `warn`, `info`, `log`, `debug` and `trace`, too.
   * Default: `false`.
   */
  console?: boolean;
}

/** The options of `capture.logs` with all defaults. */
export interface LogsOptions {
  level: LogLevel;
  console: boolean;
}

const LEVELS = LOG_LEVELS.map((level) => `'${level}'`).join(', ');

/** `false`: log lines are not recorded. @throws TraceCollectorError `OPTION_INVALID` */
export function resolveLogs(
  given: LogLevel | false | LogsModuleOptions | undefined,
  env: NodeJS.ProcessEnv,
): LogsOptions | false {
  if (given === false) return false;
  if (typeof given === 'string') return { level: lowestLevel('capture.logs', given, env), console: false };
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given)))
    throw badOption('capture.logs', given, `${LEVELS}, { level, console } or false`);
  const options = objectOption<LogsModuleOptions>('capture.logs', given, ['level', 'console']);
  return {
    level: lowestLevel('capture.logs.level', options.level, env),
    console: booleanOption('capture.logs.console', options.console, false),
  };
}

function lowestLevel(name: string, given: LogLevel | undefined, env: NodeJS.ProcessEnv): LogLevel {
  if (given === undefined) return env.NODE_ENV === 'development' || env.NODE_ENV === 'test' ? 'log' : 'warn';
  if (LOG_LEVELS.includes(given)) return given;
  throw badOption(name, given, name === 'capture.logs' ? `${LEVELS}, { level, console } or false` : LEVELS);
}
