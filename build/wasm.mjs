import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/**
 * The files that hold it, as ESM (for the library and the command line) and as CommonJS: an ESM file that imports the
 * CommonJS one takes 14 ms, since Node searches its text for exports.
 */
export const WASM_FILES = { es: 'wasm/sqlite.js', cjs: 'wasm/sqlite.cjs' };

/**
 * Writes SQLite as WASM into one string: base64 of Brotli of the script's length (4 bytes, little endian), the script,
 * the binary. A string costs a bundle that does not use it nothing but its size. Returns the ESM file.
 */
export function writeWasm(dist) {
  mkdirSync(join(dist, 'wasm'), { recursive: true });
  const text = JSON.stringify(packed());
  writeFileSync(join(dist, WASM_FILES.cjs), `module.exports = ${text};\n`);
  const file = join(dist, WASM_FILES.es);
  writeFileSync(file, `export default ${text};\n`);
  return file;
}

function packed() {
  const main = createRequire(import.meta.url).resolve('node-sqlite3-wasm');
  const script = readFileSync(main);
  const binary = readFileSync(main.replace(/js$/, 'wasm'));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(script.length);
  const params = { [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: binary.length };
  return brotliCompressSync(Buffer.concat([length, script, binary]), { params }).toString('base64');
}
