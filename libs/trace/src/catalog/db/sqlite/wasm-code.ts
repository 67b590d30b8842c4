/**
 * The WASM build of SQLite as text: base64 of Brotli of the length of its script, the script, and the binary. `undefined`
 * in a run on the source. The build replaces this module by one that imports a file of `dist/wasm`. The text is decoded when
 * a database is opened with it (see `wasm-sqlite.ts`).
 */
export function wasmCode(): string | undefined {
  return undefined;
}
