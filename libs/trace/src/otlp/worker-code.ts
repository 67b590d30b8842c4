/**
 * The code of the worker that sends traces, with everything that it imports, as a CommonJS script. `undefined` in a run on the
 * source. The build replaces this module: in a bundle, a zip or a Jest registry no file of the package has a known path.
 */
export function otlpWorkerCode(): string | undefined {
  return undefined;
}
