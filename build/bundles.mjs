import { rolldown } from 'rolldown';
import { installed } from './externals.mjs';

/**
 * Bundles what `nest build` compiled: the library's entry points as ESM and as CommonJS, each format with shared code
 * in shared files so that it holds each module once, and the command line as ESM. tsc comes first, because Nest needs
 * the metadata of decorators.
 */
export async function bundle(root, entries, manifest) {
  const library = { input: entries, external: installed(manifest), platform: 'node', logLevel: 'warn' };
  const esm = {
    format: 'esm',
    dir: `${root}/dist/esm`,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  };
  const cjs = {
    format: 'cjs',
    dir: `${root}/dist/cjs`,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  };
  await write(library, [esm, cjs]);
  const cli = { ...library, input: { main: `${root}/dist/src/cli/main.js` } };
  await write(cli, [{ ...esm, dir: `${root}/dist/cli` }]);
}

async function write(input, outputs) {
  const bundle = await rolldown(input);
  for (const output of outputs) await bundle.write({ ...output, sourcemap: false, minify: false });
  await bundle.close();
}
