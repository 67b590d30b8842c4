import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSqlitePackage } from './sqlite-package.js';

describe('findSqlitePackage', () => {
  const cwd = process.cwd();
  const [, program] = process.argv;
  let dir: string;

  const install = (folder: string): string => {
    const main = join(folder, 'node_modules/@photostructure/sqlite/index.cjs');
    mkdirSync(join(main, '..'), { recursive: true });
    writeFileSync(join(main, '../package.json'), '{ "main": "index.cjs" }');
    writeFileSync(main, '');
    return main;
  };

  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'sqlite place #1 ')));
    mkdirSync(join(dir, 'empty'));
    process.chdir(join(dir, 'empty'));
    process.argv[1] = join(dir, 'empty/main.js');
  });
  afterEach(() => {
    process.chdir(cwd);
    process.argv[1] = program!;
    rmSync(dir, { recursive: true, force: true });
  });

  it('finds the package of the working directory', () => {
    const main = install(join(dir, 'app'));
    process.chdir(join(dir, 'app'));
    expect(findSqlitePackage()).toEqual({ main });
  });

  it('finds the package of the started program, in any working directory', () => {
    const main = install(join(dir, 'app'));
    process.argv[1] = join(dir, 'app/dist/main.js');
    expect(findSqlitePackage()).toEqual({ main });
  });

  it('finds nothing where it is not installed, and where the working directory was removed', () => {
    expect(findSqlitePackage()).toBeUndefined();
    rmSync(join(dir, 'empty'), { recursive: true });
    expect(findSqlitePackage()).toBeUndefined();
  });
});
