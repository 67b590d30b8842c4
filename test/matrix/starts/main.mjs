// Starts an empty application on both ends of the peer range, in every way that Nest has, and looks whether it records:
//   node test/matrix/starts/main.mjs [--versions 11.0.0,12] [--keep DIR]
// The package is built already. Needs the registry. Prints a table; exits 1 where a cell is not `ok`.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    versions: { type: 'string', default: '11.0.0,11.0.12,11.1.3,11.1.4,11,12.0.0,12' },
    keep: { type: 'string' },
  },
});
const WAYS = ['express', 'fastify', 'testing', 'testing on fastify', 'context', 'microservice'];
const PARTS = ['core', 'common', 'platform-express', 'platform-fastify', 'testing', 'microservices'];
/** Packages that were not published in that version. */
const OTHER_VERSION = { 'microservices@12.0.0': '12.0.1', 'platform-fastify@12.0.0': '12.0.1' };

const root = values.keep ?? mkdtempSync(join(tmpdir(), 'starts-'));
mkdirSync(root, { recursive: true });
const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const tarball = join(root, npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', root], '.').trim());

/** A directory with this version of Nest and the package; with `--keep` the one of an earlier run. */
function install(version) {
  const dir = join(root, version);
  if (!existsSync(join(dir, 'node_modules'))) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"private":true}');
    const nest = PARTS.map((part) => `@nestjs/${part}@${OTHER_VERSION[`${part}@${version}`] ?? version}`);
    const others = ['reflect-metadata@0.2', 'rxjs@7', 'class-validator@0.15', tarball];
    npm(['i', '--no-save', '--no-audit', '--no-fund', '--legacy-peer-deps', ...nest, ...others], dir);
  }
  const own = join(dir, 'node_modules', 'nestjs-trace-collector');
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  execFileSync('tar', ['xzf', tarball, '-C', own, '--strip-components', '1']);
  cpSync('test/matrix/starts/app.cjs', join(dir, 'app.cjs'));
  return dir;
}

function verdict(dir, way) {
  const { stdout, status, signal } = spawnSync(process.execPath, ['app.cjs', way], {
    cwd: dir,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NODE_ENV: 'test' },
  });
  const found = JSON.parse(stdout.trim().split('\n').at(-1) || '{"error":"no output"}');
  const problems = [];
  if (found.error) problems.push(found.error.split('\n').slice(0, 2).join(' '));
  if (status !== 0) problems.push(`exit ${status ?? signal}`);
  const http = WAYS.indexOf(way) < 4;
  const traces = http ? 'ana,cron,unknown' : 'cron';
  if (String(found.traces) !== traces) problems.push(`traces ${found.traces} instead of ${traces}`);
  if (http && String(found.answers) !== '201 true,400 true') problems.push(`answers ${found.answers}`);
  if (http && (!found.link || found.page !== 200)) problems.push(`link ${found.link}, health ${found.page}`);
  if (found.logged > 3) problems.push(`${found.logged} lines logged`);
  if (found.health?.length > 0) problems.push(...found.health);
  return problems.length === 0 ? 'ok' : problems.join('; ');
}

let bad = 0;
console.log(`| Nest | ${WAYS.join(' | ')} |\n|${'---|'.repeat(WAYS.length + 1)}`);
for (const version of values.versions.split(',')) {
  const dir = install(version);
  const cells = WAYS.map((way) => verdict(dir, way));
  bad += cells.filter((cell) => cell !== 'ok').length;
  console.log(`| ${version} | ${cells.join(' | ')} |`);
}
if (!values.keep) rmSync(root, { recursive: true, force: true });
process.exit(bad === 0 ? 0 : 1);
