/**
 * Behaviour when everything around the collector breaks: real kills, real full disks, real damage.
 * `npm run test:faults [-- --short] [-- --only <part of a name>] [-- --durability turn]`: one line of JSON for each case, on stdout; the exit
 * code is 1 when one fails. CI runs `--short`. A case that this machine cannot run prints why it was skipped.
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runsOf, useDurability } from './support/durability.mjs';
import { Skip } from './support/place.mjs';

const { values: flags } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    durability: { type: 'string', default: '' },
  },
});

const files = readdirSync(new URL('./cases/', import.meta.url)).sort();
let failed = 0;
for (const file of files) {
  const { cases } = await import(new URL(`./cases/${file}`, import.meta.url));
  for (const one of cases) {
    for (const { name, durability } of runsOf(one, { short: flags.short, only: flags.durability })) {
      if (!name.includes(flags.only)) continue;
      useDurability(durability);
      const line = await outcome(one.run);
      if (line.ok === false) failed += 1;
      console.log(JSON.stringify({ case: name, ...line }));
    }
  }
}
// Not `exitCode`: a failed case may have left an application running, which would keep this process alive.
process.exit(failed > 0 ? 1 : 0);

async function outcome(run) {
  const started = performance.now();
  const seconds = () => ({ seconds: Math.round(performance.now() - started) / 1_000 });
  try {
    return { ...(await run({ short: flags.short })), ...seconds() };
  } catch (error) {
    if (error instanceof Skip) return { ok: null, skipped: error.message };
    return { ok: false, error: error.stack, ...seconds() };
  }
}
