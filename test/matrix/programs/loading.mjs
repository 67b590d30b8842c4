/**
 * Whether the packed package loads everywhere the contract promises: types by compiler, bundles, package managers, the
 * Jest of generated projects, places. Each module of `../loading/` exports a generator of `{ name, ok, skipped, detail
 * }`.
 */
const PARTS = [
  { part: 'types', cells: 'typeCells', seconds: 120 },
  { part: 'bundles', cells: 'bundleCells', seconds: 90 },
  { part: 'managers', cells: 'managerCells', seconds: 90 },
  { part: 'jest', cells: 'jestCells', seconds: 60 },
  { part: 'places', cells: 'placeCells', seconds: 30 },
  { part: 'shared', cells: 'sharedCells', seconds: 40 },
  { part: 'lint', cells: 'lintCells', seconds: 20 },
];

export const programs = PARTS.map(({ part, cells, seconds }) => ({
  name: `loading-${part}`,
  seconds,
  run: async ({ tarball, cell, skip }) => {
    const module = await import(`../loading/${part}.mjs`);
    for await (const { name, ok, skipped, detail } of module[cells](tarball)) {
      await cell(name, () => {
        if (skipped) skip(detail);
        if (!ok) throw new Error(detail);
      });
    }
  },
}));
