/** The build replaces this module. A run on the source has this version. */
const VERSION = '0.0.0-source';

/** The package's version. The build writes it here, since a bundled application has no package.json of ours to read. */
export function packageVersion(): string {
  return VERSION;
}
