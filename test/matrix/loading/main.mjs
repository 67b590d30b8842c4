/**
 * Whether the packed package loads everywhere the README promises: `node test/matrix/loading/main.mjs [--only PART]`
 * after
 * `npm run build`. Needs the npm registry, so it is no part of `npm test`. Prints one line per cell and a summary; the
 * exit code is 1 if a cell failed.
 */
import { typeCells } from './types.mjs';
import { bundleCells } from './bundles.mjs';
import { managerCells } from './managers.mjs';
import { jestCells } from './jest.mjs';
import { lintCells } from './lint.mjs';
import { placeCells } from './places.mjs';
import { sharedCells } from './shared.mjs';
import { packed } from './installation.mjs';

const PARTS = {
  types: typeCells,
  bundles: bundleCells,
  managers: managerCells,
  jest: jestCells,
  lint: lintCells,
  places: placeCells,
  shared: sharedCells,
};

const only = process.argv[2] === '--only' ? process.argv[3] : undefined;
if (only !== undefined && !(only in PARTS)) {
  throw new Error(`There is no part ${JSON.stringify(only)}. Parts: ${Object.keys(PARTS).join(', ')}.`);
}
const parts = Object.entries(PARTS).filter(([name]) => only === undefined || name === only);
const tarball = await packed();
const counts = { ok: 0, failed: 0, skipped: 0 };
for (const [part, cells] of parts) {
  for await (const { name, ok, skipped, detail } of cells(tarball)) {
    const state = skipped ? 'skipped' : ok ? 'ok' : 'failed';
    counts[state] += 1;
    console.log(
      `${state.padEnd(8)}${part}: ${name}${detail ? `\n        ${detail.replaceAll('\n', '\n        ')}` : ''}`,
    );
  }
}
console.log(`loading: ${counts.ok} ok, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
