/**
 * `npm run bench -- <name> [--rounds N]`: runs `test/bench/<name>.mjs` against the built package. Results are JSON, one
 * line per case, on stdout; everything else is on stderr.
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && file !== 'main.mjs')
  .map((file) => file.slice(0, -'.mjs'.length))
  .sort();

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '15' } },
  allowPositionals: true,
});
const [name] = positionals;
const rounds = Number(values.rounds);

if (positionals.length !== 1 || !names.includes(name) || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`Usage: npm run bench -- <${names.join(' | ')}> [--rounds N], N a whole number above 0`);
  process.exitCode = 2;
} else {
  const bench = await import(new URL(`${name}.mjs`, import.meta.url).href);
  // A bench that is a plain script has done its work by being imported.
  await bench.run?.({ rounds, report: (line) => console.log(JSON.stringify(line)) });
}
