import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { installed } from './externals.mjs';

/** A type that only an argument has needs no name outside; TypeScript inlines it. All other warnings stop the build. */
function onwarn({ message }) {
  if (!message.includes('private shared type exports')) throw new Error(message);
}

/**
 * Bundles the declarations that tsc wrote: one file per entry point, and what they share. CommonJS gets the same text
 * with the names of its files, because TypeScript decides the kind of a module by its declaration's ending.
 */
export async function declarations(root, entries, manifest) {
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, file.replace(/\.js$/, '.d.ts')]),
  );
  const bundle = await rollup({ input, external: installed(manifest), plugins: [dts()], onwarn });
  const { output } = await bundle.generate({ format: 'es', chunkFileNames: 'shared-[hash].d.ts' });
  await bundle.close();
  for (const { fileName, code } of output) {
    // `./shared-x.js` for ESM, `./shared-x.cjs` for CommonJS. A declaration has no side effects: such an import says nothing.
    const text = code
      .replaceAll(/^import '\.\/[^']+';\n/gm, '')
      .replaceAll(/(from '\.\/[^']+?)(?:\.d\.ts|\.d|\.js)?'/g, "$1.js'");
    writeFileSync(join(root, 'dist/esm', fileName), text);
    const commonJs = text.replaceAll(/(from '\.\/[^']+)\.js'/g, "$1.cjs'");
    writeFileSync(join(root, 'dist/cjs', fileName.replace(/\.d\.ts$/, '.d.cts')), commonJs);
  }
}
