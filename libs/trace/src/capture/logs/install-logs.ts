import { hookConsole } from './console-lines.js';
import type { LogsOptions } from './logs.options.js';
import { hookNestLoggers } from './nest-loggers.js';
import { hookPino } from './pino-lines.js';

/**
 * Hooks the loggers of this process, once for all applications in it. Which lines are recorded is decided by the recorder of
 * the trace that a line is in. The returned function ends the caller's part.
 */
export function installLogs(options: LogsOptions): () => void {
  const stops = [hookNestLoggers(), hookPino(), ...(options.console ? [hookConsole()] : [])];
  return () => {
    for (const stop of stops) stop();
  };
}
