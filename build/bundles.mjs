import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { installed } from './externals.mjs';
import { withoutFacades } from './facades.mjs';
import { packagesOf } from './licenses.mjs';
import { WASM_FILES } from './wasm.mjs';

const THIRD_PARTY = 'third-party';

/**
 * Few files, by what is loaded together: an application loads all but `third-party`, which MCP needs at its first use. A group
 * takes what its modules import, so what an entry point loads alone comes before the rest.
 */
const LIBRARY_PARTS = [
  { name: THIRD_PARTY, test: /node_modules/, priority: 50 },
  {
    name: 'model',
    test: /\/libs\/trace\/src\/(?:model\/(?:timers|usage|errors|option-checks|time)|store\/shared-target)\.js$/,
    priority: 40,
  },
  {
    name: 'otel',
    test: /\/libs\/trace\/src\/(?:otel\/(?:step-of|seen-spans)|context\/(?:recorder|trace-context|other-tracer|reported-error))\.js$/,
    priority: 30,
  },
  { name: 'mcp-http', test: /\/libs\/trace\/src\/mcp\/(?!index)/, priority: 20 },
  { name: 'trace', test: /\/libs\/trace\/src\//, priority: 10, minShareCount: 2 },
];

/** The command line loads the library's own bundle of it, which has Nest's controllers and the page. */
const SERVE = /\/libs\/trace\/src\/serve\.js$/;

/** Few files, because opening a file costs a short command more than reading it; `mcp` and `store` are seldom used. */
const CLI_PARTS = [
  { name: 'model', test: /\/libs\/trace\/src\/(?:model|contract)\//, priority: 50 },
  {
    name: 'store',
    test: /\/libs\/trace\/src\/(?:journal|pipeline|catalog|maintenance|catalog-worker|store)\//,
    priority: 40,
  },
  // After `store`, which would import it otherwise: a group takes what its modules import.
  { name: 'shared', test: /\/libs\/trace\/src\/(?:shared|postgres|clickhouse|targets)\//, priority: 35 },
  { name: 'views', test: /\/libs\/trace\/src\/(?:views|query)\//, priority: 30 },
  {
    name: 'cli',
    test: /\/dist\/src\/cli\/(?!mcp\/|serve\/|shared\/|main\.js)|\/node_modules\/commander\//,
    priority: 20,
  },
  // Loaded by the commands and flags of a shared store only.
  { name: 'store-tools', test: /\/dist\/src\/cli\/shared\//, priority: 15 },
  { name: 'mcp', test: /\/dist\/src\/cli\/mcp\/|\/libs\/trace\/src\/mcp\//, priority: 10 },
  { name: THIRD_PARTY, test: /node_modules/, priority: 5 },
];

/**
 * Bundles what `nest build` compiled: the library's entry points as ESM and as CommonJS, each format with shared code
 * in shared files so that it holds each module once, and the command line as ESM. tsc comes first, because Nest needs
 * the metadata of decorators. Our own code is not minified: a stack trace must lead to a line that can be read, without
 * source maps. Returns the folders of the packages that went into it.
 */
export async function bundles(root, entries, manifest) {
  const library = { input: entries, external: outside(manifest), platform: 'node', logLevel: 'warn' };
  const isInstalled = outside(manifest);
  const external = (id) => isInstalled(id) || SERVE.test(id);
  const cli = { ...library, input: { main: join(root, 'dist/src/cli/main.js') }, external };
  const made = [
    ...(await write(library, [
      { format: 'esm', dir: join(root, 'dist/esm'), ...names('js'), ...parts(LIBRARY_PARTS) },
      { format: 'cjs', dir: join(root, 'dist/cjs'), ...names('cjs'), ...parts(LIBRARY_PARTS) },
    ])),
    ...(await write(cli, [{ format: 'esm', dir: join(root, 'dist/cli'), ...names('js'), ...parts(CLI_PARTS) }])),
  ];
  return packagesOf(made.flatMap(({ moduleIds = [] }) => moduleIds));
}

/** The WASM files are beside the formats. */
function outside(manifest) {
  const isInstalled = installed(manifest);
  return (id) => isInstalled(id) || id.endsWith(WASM_FILES.es);
}

const names = (extension) => ({
  entryFileNames: `[name].${extension}`,
  chunkFileNames: `[name]-[hash].${extension}`,
});

const parts = (groups) => ({ codeSplitting: { groups } });

/** Code of others is minified: it is 1 MB otherwise, in three places. */
const minifyThirdParty = {
  name: 'minify-third-party',
  renderChunk(code, chunk, { format }) {
    if (chunk.name !== THIRD_PARTY) return null;
    const { code: small, errors } = minifySync(chunk.fileName, code, { module: format === 'es', mangle: true });
    if (errors.length > 0) throw new Error(`${chunk.fileName} cannot be minified: ${errors[0].message}`);
    return small;
  },
};

/** All formats are folders beside the one of the WASM files. rolldown has no option for the path of an external file. */
const pathOfWasm = {
  name: 'path-of-wasm',
  renderChunk: (code, _chunk, { format }) =>
    code.replaceAll(/(?<=["'])[./]+\/wasm\/sqlite\.js(?=["'])/g, `../${WASM_FILES[format]}`),
};

/** `dist/cli` and `dist/esm` are beside each other. */
const pathOfServe = {
  name: 'path-of-serve',
  renderChunk: (code) => code.replaceAll(/(?<=["'])[./]+\/libs\/trace\/src\/serve\.js(?=["'])/g, '../esm/serve.js'),
};

async function write(input, outputs) {
  const bundle = await rolldown({ ...input, plugins: [minifyThirdParty, pathOfWasm, pathOfServe, withoutFacades] });
  const written = [];
  for (const output of outputs) {
    written.push(...(await bundle.write({ ...output, sourcemap: false, minify: false })).output);
  }
  await bundle.close();
  return written;
}
