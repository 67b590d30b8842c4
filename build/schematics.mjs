import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { builtin } from './externals.mjs';

/** The Nest CLI loads a schematic by `require`, and the package is of type `module`: the file is CommonJS by its name. */
export async function schematics(root) {
  const source = join(root, 'libs/schematics');
  const out = join(root, 'dist/schematics');
  mkdirSync(out, { recursive: true });
  const bundle = await rolldown({
    input: { 'nest-add': join(source, 'src/nest-add.ts') },
    external: builtin,
    platform: 'node',
    logLevel: 'warn',
  });
  await bundle.write({ dir: out, format: 'cjs', entryFileNames: '[name].cjs', sourcemap: false });
  await bundle.close();
  for (const file of ['collection.json', 'nest-add.schema.json']) copyFileSync(join(source, file), join(out, file));
}
