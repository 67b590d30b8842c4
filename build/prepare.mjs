import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Empties `dist`, and writes the declarations that TypeScript needs before the real ones exist: the example imports the
 * package by its name, so its types are looked for where `package.json` says. These lead to the source.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = {
  index: 'index',
  testing: 'testing/index',
  mcp: 'mcp/index',
  postgres: 'postgres/index',
  clickhouse: 'clickhouse/index',
  otel: 'otel/index',
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(join(root, 'dist/esm'), { recursive: true });
for (const [name, source] of Object.entries(SOURCES)) {
  writeFileSync(join(root, `dist/esm/${name}.d.ts`), `export * from '../../libs/trace/src/${source}.js';\n`);
}
