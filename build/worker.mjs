import { rolldown } from 'rolldown';
import { builtin } from './externals.mjs';

/**
 * A worker (`catalog-worker`, `ship-worker`, the journal's watchdog) and all that it imports as one CommonJS script, started
 * with `eval: true`. Identifiers stay, so that a stack trace of the worker names our functions.
 */
export async function workerScript(compiled, name) {
  const bundle = await rolldown({
    input: `${compiled}/${name}/worker.js`,
    external: builtin,
    platform: 'node',
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    codeSplitting: false,
    sourcemap: false,
    minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
  });
  await bundle.close();
  if (output.length !== 1) throw new Error(`The worker must be one script, and has ${output.length} parts.`);
  return output[0].code;
}
