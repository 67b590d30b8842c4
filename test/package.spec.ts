import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './support/run.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

interface Packed {
  filename: string;
  files: { path: string; mode: number }[];
}

/** The content of the packed tarball. `test/matrix/programs/installed.mjs` installs it into fresh applications. */
describe('the package', () => {
  let dir: string;
  let packed: Packed;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'package-'));
    // Without scripts: `npm test` has built already, and a build here would remove `dist` under the other tests.
    const json = await mustRun('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', dir]);
    [packed] = JSON.parse(json) as [Packed];
  }, 60_000);

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('contains code and documents, and nothing of its own development', () => {
    const paths = packed.files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'README.md', 'SKILL.md', 'CHANGELOG.md', 'LICENSE']));
    const strange = paths.filter(
      (path) =>
        !/^(package\.json|README\.md|SKILL\.md|CHANGELOG\.md|LICENSE|dist\/(esm|cjs|cli|wasm|schematics)\/.+|dist\/THIRD_PARTY_LICENSES)$/.test(
          path,
        ),
    );
    expect(strange).toEqual([]);
    // Two builds of five entry points and of `serve`, their types, and the command line, without source maps: stacks are
    // readable without them.
    const code = paths.filter((path) => /^dist\/.+\.(?:c?js|d\.c?ts)$/.test(path));
    expect(code.length).toBeLessThanOrEqual(60);
    expect(paths.filter((path) => path.endsWith('.map'))).toEqual([]);
  });

  it('has every file that package.json promises', () => {
    const leaves = (entry: any): string[] =>
      typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(leaves);
    const { exports, bin, main, types, typesVersions, schematics } = manifest;
    const promised = [exports, bin, main, types, typesVersions, schematics].flatMap(leaves);
    const paths = packed.files.map((file) => file.path);
    expect(promised.map((path) => path.replace(/^\.\//, '')).filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('requires no package with an install script', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const { '': own, ...installed } = lock.packages as Record<string, any>;
    const required = Object.keys(installed).filter((name) => !installed[name].dev && !installed[name].optional);
    expect(required).toContain('node_modules/class-validator');
    expect(required.filter((name) => installed[name].hasInstallScript)).toEqual([]);
    expect(own.hasInstallScript).toBeUndefined();
  });
});
