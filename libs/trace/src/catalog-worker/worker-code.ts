/**
 * The code of the catalog worker, with everything that it imports, as a CommonJS script. `undefined` in a run on the
 * source. The build replaces this module: the worker must start from one bundled file, a zip or a Jest registry too,
 * where no file of ours has a known place.
 */
export function workerCode(): string | undefined {
  return undefined;
}
