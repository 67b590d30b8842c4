/**
 * The code of the catalog worker, with everything that it imports, as a CommonJS script. `undefined` in a run on the
 * source. The build replaces this module: in a bundle, a zip or a Jest registry no file of the package has a known path.
 */
export function workerCode(): string | undefined {
  return undefined;
}
