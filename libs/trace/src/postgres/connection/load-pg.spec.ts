import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres } from '../../store/shared-target.js';
import { Database } from './database.js';
import { findPg, loadPg, usePg } from './load-pg.js';

describe('the package `pg`', () => {
  const cwd = process.cwd();
  const [, program] = process.argv;
  let dir: string;

  const install = (text: string): string => {
    const main = join(dir, 'app/node_modules/pg/index.js');
    mkdirSync(join(main, '..'), { recursive: true });
    writeFileSync(join(main, '../package.json'), '{ "main": "index.js" }');
    writeFileSync(main, text);
    process.chdir(join(dir, 'app'));
    return main;
  };

  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'pg place #1 ')));
    mkdirSync(join(dir, 'empty'));
    process.chdir(join(dir, 'empty'));
    process.argv[1] = join(dir, 'empty/main.js');
    usePg(undefined);
  });
  afterEach(() => {
    process.chdir(cwd);
    process.argv[1] = program!;
    rmSync(dir, { recursive: true, force: true });
    usePg(undefined);
  });

  it('is that of the application', () => {
    const main = install('module.exports = { Pool: class {}, name: "mine" };');
    expect(findPg()).toEqual({ main });
    expect(loadPg()).toMatchObject({ name: 'mine' });
  });

  it('is loaded from a given place, in a thread that cannot search', () => {
    const main = install('module.exports = { Pool: class {}, name: "mine" };');
    process.chdir(join(dir, 'empty'));
    usePg({ main });
    expect(loadPg()).toMatchObject({ name: 'mine' });
  });

  it('is named, with the command that installs it, where it is missing or cannot be loaded', async () => {
    const db = new Database(postgres({ url: 'postgres://app:secret@db/orders' }));
    const missing = {
      code: 'DRIVER_MISSING',
      message: expect.stringMatching(/`pg`, which is not installed.*`npm install pg`/),
    };
    await expect(db.rows('SELECT 1')).rejects.toMatchObject(missing);
    await expect(db.transaction(() => Promise.resolve())).rejects.toMatchObject(missing);
    install('throw new Error("wrong platform");');
    expect(() => loadPg()).toThrow(/could not be loaded \(wrong platform\)/);
  });
});
