/**
 * Environment variables that a worker gets: where temporary files go, and the time zone. `NODE_OPTIONS` is left out, since
 * Node would run the application's preloads (`--require`, `--import`) again in the worker: an exporter that listens on a
 * port fails the second time and ends the worker. Keys and tokens are left out too: the catalog's worker needs none.
 */
const PASSED_ON = new Set(['TMPDIR', 'TMP', 'TEMP', 'TZ', 'SYSTEMROOT']);

/**
 * The worker's environment, copied from `env`. Windows has names in any case.
 * @param more names that this worker needs beside the others, in capitals
 */
export function workerEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  more: (name: string) => boolean = () => false,
): NodeJS.ProcessEnv {
  const isPassedOn = (name: string): boolean => PASSED_ON.has(name) || more(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => isPassedOn(name.toUpperCase())));
}
