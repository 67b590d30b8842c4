import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundles } from './bundles.mjs';
import { embed } from './embed.mjs';
import { writeLicenses } from './licenses.mjs';
import { schematics } from './schematics.mjs';
import { declarations } from './types.mjs';

/** Makes the published files of what `nest build` and the dashboard's build left in `dist`. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const compiled = join(root, 'dist/libs/trace/src');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = {
  index: join(compiled, 'index.js'),
  testing: join(compiled, 'testing/index.js'),
  mcp: join(compiled, 'mcp/index.js'),
  postgres: join(compiled, 'postgres/index.js'),
  clickhouse: join(compiled, 'clickhouse/index.js'),
  otel: join(compiled, 'otel/index.js'),
};

// No entry point of the package: the command line loads it.
const inner = { serve: join(compiled, 'serve.js') };

await embed(compiled, manifest);
writeLicenses(root, await bundles(root, { ...entries, ...inner }, manifest));
await declarations(root, entries, manifest);
await schematics(root);
