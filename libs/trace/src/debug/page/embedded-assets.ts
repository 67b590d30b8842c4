/**
 * The dashboard's files by name, each compressed with gzip and written as base64. Empty in a run on the source. The
 * build replaces this module, because a bundled application has no folder of ours to read them from.
 */
export const EMBEDDED_ASSETS: Readonly<Record<string, string>> = {};
