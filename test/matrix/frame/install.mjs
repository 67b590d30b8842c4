import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SQLITE = process.getBuiltinModule('node:sqlite') ? {} : { '@photostructure/sqlite': '^1.2.1' };

/**
 * `install(name, manifest, { files, ours, sqlite, legacyPeers })` makes the directory `name` below the program's own, writes `package.json`
 * and `files` (`{ path: text }`) into it, installs with npm and returns its path. The packed package is among the
 * dependencies unless `ours` is false; on a Node without SQLite so is the substitute that the README names, unless `sqlite`
 * is false. `legacyPeers` makes npm ignore peer ranges. Install scripts never run: nothing may need one.
 */
export function createInstaller({ tarball, workdir, mustExec }) {
  return async (name, manifest = {}, { files = {}, ours = true, sqlite = true, legacyPeers = false } = {}) => {
    const directory = join(workdir, name);
    const own = ours ? { 'nestjs-trace-collector': `file:${tarball}`, ...(sqlite && SQLITE) } : {};
    const wanted = { name, private: true, ...manifest, dependencies: { ...own, ...manifest.dependencies } };
    const texts = { 'package.json': JSON.stringify(wanted, null, 2), ...files };
    for (const [path, text] of Object.entries(texts)) {
      const file = join(directory, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    const peers = legacyPeers ? ['--legacy-peer-deps'] : [];
    await mustExec('npm', ['install', '--ignore-scripts', ...peers, ...quiet], { cwd: directory });
    return directory;
  };
}
