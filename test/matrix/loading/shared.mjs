import { join } from 'node:path';
import { PostgresServer } from '../../support/postgres.mjs';
import { installation, run, write } from './installation.mjs';

const NEST = { '@nestjs/common': '^11.0.0', '@nestjs/core': '^11.0.0', '@nestjs/platform-express': '^11.0.0' };
const BASE = { ...NEST, 'reflect-metadata': '^0.2.2', rxjs: '^7.8.2' };

/** Ways in which an application has the shared store. */
const CELLS = [
  { name: 'ESM, postgres() in code, the newest pg', file: 'app.mjs', format: 'esm', pg: 'latest', how: 'code' },
  { name: 'CommonJS, TRACE_STORE_URL alone, the oldest pg', file: 'app.cjs', format: 'cjs', pg: '8.11.0', how: 'env' },
  { name: 'ESM, without pg: it starts, and says what to install', file: 'app.mjs', format: 'esm', how: 'env' },
  {
    name: 'esbuild, CommonJS, pg beside the bundle',
    file: 'app.cjs',
    format: 'cjs',
    pg: 'latest',
    how: 'code',
    bundle: true,
  },
];

/** The packed package with PostgreSQL: what one application records is in the database, from a thread that finds `pg`. */
export async function* sharedCells(tarball) {
  if (PostgresServer.missing) return yield { name: 'all', skipped: true, detail: PostgresServer.missing };
  const server = await PostgresServer.start();
  try {
    for (const [at, { name, file, format, pg, how, bundle }] of CELLS.entries()) {
      const tools = bundle ? { esbuild: '^0.28.0' } : {};
      const dir = await installation('shared', { ...BASE, ...tools, ...(pg && { pg }) }, tarball);
      write(join(dir, file), application(format, how, `cell_${at}`));
      let main = file;
      if (bundle) {
        const made = await run(
          'npx',
          ['esbuild', file, '--bundle', '--platform=node', '--outfile=out/main.cjs', ...EXTERNAL],
          { cwd: dir },
        );
        if (made.code !== 0) yield { name, ok: false, detail: made.output };
        main = 'out/main.cjs';
      }
      const env = { TRACE_DIR: join(dir, 'traces'), STORE_URL: server.url };
      if (how === 'env') env.TRACE_STORE_URL = `${server.url}?schema=cell_${at}`;
      const { code, output } = await run(process.execPath, [main], { cwd: dir, env, timeout: 60_000 });
      const wanted = pg ? 'shared' : 'npm install pg';
      const ok = code === 0 && output.includes(wanted);
      yield { name, ok, detail: ok ? '' : output };
    }
  } finally {
    await server.close();
  }
}

/** `pg` is left to run time, as an application's bundle has its own driver. */
const EXTERNAL = [
  'pg',
  '@nestjs/microservices',
  '@nestjs/websockets/*',
  '@nestjs/microservices/*',
  '@nestjs/platform-fastify',
  '@fastify/*',
  'class-transformer',
  'class-transformer/*',
].map((name) => `--external:${name}`);

const IMPORTS = {
  '@nestjs/common': ['Controller', 'Module', 'Post'],
  '@nestjs/core': ['NestFactory'],
  'nestjs-trace-collector': ['TraceModule', 'traceEvent'],
  'nestjs-trace-collector/postgres': ['postgres'],
};

function application(format, how, schema) {
  const lines = Object.entries(IMPORTS).map(([name, names]) =>
    format === 'esm'
      ? `import { ${names.join(', ')} } from '${name}';`
      : `const { ${names.join(', ')} } = require('${name}');`,
  );
  const first = format === 'esm' ? "import 'reflect-metadata';" : "require('reflect-metadata');";
  const shared = how === 'code' ? `shared: postgres({ url: process.env.STORE_URL, schema: '${schema}' })` : '';
  return [first, ...lines, PROGRAM.replace('SHARED', shared)].join('\n');
}

/** Sends a webhook and waits until it is in the database; prints `shared`, or why the database has nothing. */
const PROGRAM = `
class Hook {
  take() {
    traceEvent('step', { n: 1 });
    return 1;
  }
}
Controller('webhook')(Hook);
Post()(Hook.prototype, 'take', Object.getOwnPropertyDescriptor(Hook.prototype, 'take'));
class App {}
const options = { debug: { access: 'loopback' }, lifecycle: { quietMs: 50 }, storage: { dir: process.env.TRACE_DIR, SHARED } };
Module({ imports: [TraceModule.forRoot(options)], controllers: [Hook] })(App);

async function main() {
  const app = await NestFactory.create(App, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const url = 'http://127.0.0.1:' + app.getHttpServer().address().port;
  const body = JSON.stringify({ contactId: 'ana', message: 'hola' });
  const posted = await fetch(url + '/webhook', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const id = posted.headers.get('x-trace-id');
  for (let tries = 0; tries < 200; tries += 1) {
    const { shared } = await (await fetch(url + '/debug/health')).json();
    if (shared?.last_error?.includes('npm install')) {
      const trace = await (await fetch(url + '/debug/trace/' + id)).json();
      console.log(trace.webhook_message === 'hola' ? shared.last_error : JSON.stringify(trace));
      return app.close();
    }
    if (shared?.connected && shared.lag_bytes === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { count, instances } = await (await fetch(url + '/debug/instances')).json();
  const list = await (await fetch(url + '/debug/traces')).json();
  const good = count === 1 && list.count === 1 && list.traces[0].trace_id === id && list.degraded === undefined;
  console.log(good ? 'shared' : JSON.stringify({ count, instances, list }));
  await app.close();
  process.exitCode = good ? 0 : 1;
}
void main();
`;
