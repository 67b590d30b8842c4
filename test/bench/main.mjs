/**
 * `npm run bench -- <name> [arguments of that bench]`: runs `test/bench/<name>.mjs`, a separate program, against the
 * built package and exits with its exit code.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && file !== 'main.mjs')
  .map((file) => file.slice(0, -'.mjs'.length))
  .sort();

const [name, ...rest] = process.argv.slice(2);

if (names.includes(name)) {
  const bench = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  process.exitCode = spawnSync(process.execPath, [bench, ...rest], { stdio: 'inherit' }).status ?? 1;
} else {
  console.error(`Usage: npm run bench -- <${names.join(' | ')}> [arguments of that bench]`);
  process.exitCode = 2;
}
