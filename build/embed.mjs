import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { priceListText } from './prices.mjs';
import { writeWasm } from './wasm.mjs';
import { workerScript } from './worker.mjs';

/**
 * Replaces the modules of the compiled library that a run on the source leaves empty: the version, the worker's code,
 * the dashboard's files. So the built code needs no file beside it. `compiled` is `dist/libs/trace/src`.
 */
export async function embed(compiled, { version }) {
  write(compiled, 'model/package-version.js', `export function packageVersion() {\n  return ${text(version)};\n}\n`);
  const folder = join(compiled, 'debug/page/assets');
  const files = readdirSync(folder).map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 })]);
  const table = files.map(([name, bytes]) => `  ${text(name)}: ${text(bytes.toString('base64'))},\n`).join('');
  write(compiled, 'debug/page/embedded-assets.js', `export const EMBEDDED_ASSETS = {\n${table}};\n`);
  writePrices(compiled, await priceListText());
  // Before the other workers, whose scripts may have the writer of the journal.
  await writeWorker(compiled, 'journal/write/turn', 'watchdogCode');
  // The workers' scripts have the version and the prices too, so they come last.
  await writeWorker(compiled, 'catalog-worker', 'workerCode');
  await writeWorker(compiled, 'ship-worker', 'shipWorkerCode');
  await writeWorker(compiled, 'otlp', 'otlpWorkerCode');
  // After the workers, which is sent the code by the main thread, and only where it needs it.
  const wasm = writeWasm(join(compiled, '../../..'));
  const path = relative(join(compiled, 'catalog/db/sqlite'), wasm).replaceAll('\\', '/');
  write(
    compiled,
    'catalog/db/sqlite/wasm-code.js',
    `import code from ${text(path)};\nexport function wasmCode() {\n  return code;\n}\n`,
  );
}

async function writeWorker(compiled, name, exported) {
  const worker = deflateRawSync(await workerScript(compiled, name), { level: 9 }).toString('base64');
  const code = `import { inflateRawSync } from 'node:zlib';
const DEFLATED = ${text(worker)};
export function ${exported}() {
  return inflateRawSync(Buffer.from(DEFLATED, 'base64')).toString();
}
`;
  write(compiled, `${name}/worker-code.js`, code);
}

/** The price list is 226 KB of text, and 20 KB compressed. */
function writePrices(compiled, { version, lines }) {
  const packed = brotliCompressSync(`[${lines.join(',\n')}]`).toString('base64');
  write(
    compiled,
    'catalog/pricing/price-list.data.js',
    `import { brotliDecompressSync } from 'node:zlib';
export const LIST_VERSION = ${text(version)};
export function listText() {
  return brotliDecompressSync(Buffer.from(${text(packed)}, 'base64')).toString();
}
`,
  );
}

function write(compiled, name, code) {
  // A map of the empty module would be wrong for this one; the comment that names it goes with the old code.
  writeFileSync(join(compiled, name), code);
}

const text = (value) => JSON.stringify(value);
