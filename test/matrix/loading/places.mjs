import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { application } from './application.mjs';
import { fresh, mustRun, run, write } from './installation.mjs';

/** A folder whose name must be escaped in URLs, and one that a shell or a glob interprets. */
const ODD = 'a b #1 %41 ñ [x] (y)';

/** Runs in threads that an application starts, ours too: it imitates an agent that cannot start twice. */
const PRELOAD = `const { isMainThread } = require('node:worker_threads');
if (!isMainThread) throw new Error('preloaded twice');`;

const HOOKS = `export async function resolve(specifier, context, next) { return next(specifier, context); }`;

/**
 * Unusual places and flags: the location of the package's files, the flags of the process, the thread that loads it.
 */
export async function* placeCells(tarball) {
  const odd = place(tarball, join(fresh(), ODD));
  await odd.unpack();
  yield await started('folder with spaces, #, %, brackets and non-ASCII letters, cjs', odd, ['app.cjs']);
  yield await started('folder with spaces, #, %, brackets and non-ASCII letters, esm', odd, ['app.mjs']);

  const linked = place(tarball, fresh());
  await linked.unpack('elsewhere');
  symlinkSync(join(linked.dir, 'elsewhere'), join(linked.dir, 'node_modules/nestjs-trace-collector'));
  yield await started('linked folder, cjs', linked, ['app.cjs']);
  yield await started('linked folder, esm', linked, ['app.mjs']);
  yield await started('linked folder, links kept', linked, ['--preserve-symlinks', 'app.cjs']);

  const { dir } = odd;
  write(join(dir, 'preload.cjs'), PRELOAD);
  write(join(dir, 'hooks.mjs'), HOOKS);
  const register = `import { register } from 'node:module'; register(${JSON.stringify(pathToFileURL(join(dir, 'hooks.mjs')).href)});`;
  write(join(dir, 'register.mjs'), register);
  write(
    join(dir, 'thread.cjs'),
    `new (require('node:worker_threads').Worker)(${JSON.stringify(join(dir, 'app.cjs'))});`,
  );
  write(join(dir, 'moved.cjs'), `process.chdir('/');\n${application('cjs')}`);
  const options = (text) => ({ NODE_OPTIONS: text });
  yield await started('NODE_OPTIONS=--require', odd, ['app.cjs'], options('--require ./preload.cjs'));
  yield await started('NODE_OPTIONS=--import with loader hooks', odd, ['app.mjs'], options('--import ./register.mjs'));
  yield await started('NODE_OPTIONS=--max-old-space-size', odd, ['app.cjs'], options('--max-old-space-size=200'));
  yield await started('NODE_OPTIONS=--inspect-port', odd, ['app.cjs'], options('--inspect-port=0 --no-deprecation'));
  yield await started('node --require', odd, ['--require', './preload.cjs', 'app.cjs']);
  // The MCP package compiles its schemas with `new Function`, which this flag forbids.
  const noCode = ['--disallow-code-generation-from-strings', 'app.cjs'];
  yield await started('--disallow-code-generation-from-strings, without MCP', odd, noCode, { WITHOUT_MCP: '1' });
  yield await started('an application in a worker thread', odd, ['thread.cjs']);
  yield await started('a working directory elsewhere', odd, ['moved.cjs']);
  // A deployment that replaces the files of a running application. MCP is loaded at its first use.
  for (const format of ['cjs', 'esm']) {
    const replaced = place(tarball, fresh());
    await replaced.unpack();
    const env = { WITHOUT_MCP: '1', DELETED: join(replaced.dir, 'node_modules/nestjs-trace-collector') };
    yield await started(
      `files deleted after load, ${format}`,
      replaced,
      [`app.${format === 'cjs' ? 'cjs' : 'mjs'}`],
      env,
    );
  }
  yield await started('process.execArgv of the package manager', odd, [
    '--no-warnings',
    '--title=application',
    'app.cjs',
  ]);
}

async function started(name, { dir }, args, env = {}) {
  const { code, output } = await run(process.execPath, args, { cwd: dir, env: { TRACE_DIR: fresh(), ...env } });
  const ok = code === 0 && output.trim().endsWith('served');
  return { name, ok, detail: ok ? '' : output };
}

/** An application beside packages that are links to this project's own, so that nothing is installed. */
function place(tarball, dir) {
  const modules = join(process.cwd(), 'node_modules');
  mkdirSync(join(dir, 'node_modules'), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (!name.startsWith('.')) symlinkSync(join(modules, name), join(dir, 'node_modules', name));
  }
  write(join(dir, 'app.cjs'), application('cjs'));
  write(join(dir, 'app.mjs'), application('esm'));
  const unpack = async (into = 'node_modules/nestjs-trace-collector') => {
    mkdirSync(join(dir, into), { recursive: true });
    await mustRun('tar', ['xzf', tarball, '-C', join(dir, into), '--strip', '1']);
  };
  return { dir, unpack };
}
