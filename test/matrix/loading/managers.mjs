import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { application } from './application.mjs';
import { fresh, mustRun, newerNode, run, write } from './installation.mjs';

const DEPENDENCIES = {
  '@nestjs/common': '^11.0.0',
  '@nestjs/core': '^11.0.0',
  '@nestjs/platform-express': '^11.0.0',
  'nestjs-trace-collector': 'file:package.tgz',
  'reflect-metadata': '^0.2.0',
  rxjs: '^7.8.0',
};
/** For Node 20, without its install script: the package contains the prebuilt binary. */
const SQLITE = { '@photostructure/sqlite': '^1.2.1' };

/** Strict installations: pnpm 12 (its exit code too) and Yarn 4 with Plug'n'Play, both module systems, Node 24 and this Node. */
export async function* managerCells(tarball) {
  const newer = await newerNode();
  const nodes = { 'Node 24': join(newer, 'node'), [`Node ${process.versions.node}`]: process.execPath };
  const env = { PATH: `${newer}:${process.env.PATH}` };

  const plain = project(tarball, DEPENDENCIES);
  const installed = await run('npx', ['--yes', 'pnpm@12', 'install', '--reporter=append-only'], { cwd: plain, env });
  yield {
    name: 'pnpm install exits 0',
    ok: installed.code === 0,
    detail: installed.code === 0 ? '' : installed.output,
  };

  const strict = project(tarball, { ...DEPENDENCIES, ...SQLITE });
  write(join(strict, 'pnpm-workspace.yaml'), "allowBuilds:\n  '@photostructure/sqlite': false\n");
  await mustRun('npx', ['--yes', 'pnpm@12', 'install', '--reporter=append-only'], { cwd: strict, env });
  yield* started('pnpm', strict, nodes, () => []);

  const pnp = project(tarball, { ...DEPENDENCIES, ...SQLITE });
  write(
    join(pnp, '.yarnrc.yml'),
    // In CI Yarn refuses to write a lock file that does not exist yet.
    'nodeLinker: pnp\nenableTelemetry: false\nenableGlobalCache: false\nenableScripts: false\nenableImmutableInstalls: false\n',
  );
  write(join(pnp, 'yarn.lock'), '');
  await mustRun('npx', ['--yes', '-p', '@yarnpkg/cli-dist@4', 'yarn', 'install'], { cwd: pnp, env });
  const esm = ['--disable-warning=ExperimentalWarning', '--loader', './.pnp.loader.mjs'];
  yield* started('Yarn PnP', pnp, nodes, (format) => ['-r', './.pnp.cjs', ...(format === 'esm' ? esm : [])]);
}

async function* started(manager, dir, nodes, flags) {
  for (const [node, program] of Object.entries(nodes)) {
    for (const [format, file] of [
      ['cjs', 'app.cjs'],
      ['esm', 'app.mjs'],
    ]) {
      const env = { TRACE_DIR: fresh() };
      const { code, output } = await run(program, [...flags(format), file], { cwd: dir, env });
      const ok = code === 0 && output.includes('served');
      yield { name: `${manager}, ${format}, ${node}`, ok, detail: ok ? '' : output };
    }
  }
}

function project(tarball, dependencies) {
  const dir = fresh();
  copyFileSync(tarball, join(dir, 'package.tgz'));
  write(join(dir, 'package.json'), { name: 'strict', private: true, dependencies });
  write(join(dir, 'app.cjs'), application('cjs'));
  write(join(dir, 'app.mjs'), application('esm'));
  return dir;
}
