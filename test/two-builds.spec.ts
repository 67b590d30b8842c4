import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './support/run.js';

/** One process holds both builds: an ESM application with a CommonJS library, or a duplicate in node_modules. */
describe('both builds of the package in one process', () => {
  let dir: string;
  let recorded: Record<string, unknown>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'two-builds-'));
    recorded = JSON.parse(await mustRun(process.execPath, ['test/support/two-builds.program.mjs', dir]));
  }, 60_000);

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('have different classes', () => expect(recorded['different']).toBe(true));

  // Both copies respect `@NoTrace()` of the other, or there would be a second trace.
  it.each([
    'ESM module, CommonJS calls',
    'CommonJS module, ESM calls',
    'both modules, CommonJS calls',
    'both modules, ESM calls',
  ])('record one trace per webhook: %s', (name) =>
    expect(recorded[name]).toEqual({ traces: 1, step: { found: true }, agent: true }),
  );
});
