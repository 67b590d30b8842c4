import type { LogsOptions } from './logs.options.js';
/** Subscribes to the loggers of this process, once for all applications in it. The returned function ends the caller's part. */
export function installLogs(_options: LogsOptions): () => void {
  return () => undefined;
}
