import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nest } from '../nest/versions.mjs';

const KINDS = [
  { title: 'esm-12-express', module: 'module', major: '12', platform: 'express' },
  { title: 'commonjs-11-express', module: 'commonjs', major: '11', platform: 'express' },
  { title: 'esm-12-fastify', module: 'module', major: '12', platform: 'fastify' },
];

/** The package as a user gets it from the registry, in a fresh application compiled with `skipLibCheck: false`. */
export const programs = KINDS.map((kind) => ({
  name: `installed-${kind.title}`,
  seconds: 40,
  run: async (context) => {
    const { cell, exec, mustExec, project } = context;
    const directory = await createApplication(kind, context);
    await cell('traces a webhook, and shows it over REST and with npx get-trace', () => traces(directory, context));
    await cell('loads every entry point silently', async () => {
      const { name, exports } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
      const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
      const load = (entry) => (kind.module === 'module' ? `await import('${entry}')` : `require('${entry}')`);
      const code = entries.map((entry) => load(name + entry.slice(1))).join(';');
      const result = await exec(process.execPath, [`--input-type=${kind.module}`, '--eval', code], { cwd: directory });
      assert.deepEqual(result, { code: 0, stdout: '', stderr: '', timedOut: false });
    });
    await cell('has the second name of the program, executable', async () => {
      const bin = join(directory, 'node_modules/.bin/nestjs-trace-collector');
      assert.equal(statSync(bin).mode & 0o111, 0o111);
      assert.match((await mustExec(bin, ['--version'], { cwd: directory })).stdout, /\d+\.\d+\.\d+/);
    });
  },
}));

async function createApplication({ module, major, platform }, { install, mustExec, project }) {
  const compilerOptions = {
    target: 'ES2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
    strict: true,
    skipLibCheck: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  };
  const dependencies = {
    ...nest(major, 'common', 'core', `platform-${platform}`),
    '@types/node': '^20.19.0',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
  };
  const files = {
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'] }),
    'src/main.ts': source(platform),
  };
  const directory = await install('application', { type: module, dependencies }, { files });
  await mustExec(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: directory });
  return directory;
}

async function traces(directory, { exec, mustExec, startServer }) {
  const options = { cwd: directory, env: { NODE_ENV: 'development' } };
  const server = await startServer(['dist/main.js'], options);
  const response = await fetch(`${server.url}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contactId: 'c-1', body: 'hola' }),
  });
  assert.deepEqual([response.status, await response.json()], [202, { contact: 'c-1', same: true }]);
  const id = response.headers.get('x-trace-id') ?? '';
  assert.match(id, /^c-1_/);

  const trace = await (await fetch(`${server.url}/debug/trace/${id}`)).json();
  const { contact_id, webhook_message, summary, errors } = trace;
  assert.deepEqual([contact_id, webhook_message, errors], ['c-1', 'hola', []]);
  assert.deepEqual([summary.routing_path, summary.message_sent], [['supervisor → sofia'], true]);
  assert.deepEqual(
    trace.timeline.map((line) => line.slice(11)),
    [
      `📥 Received: 'hola'`,
      '🔀 Route: supervisor → sofia',
      '🔧 Tool: check_calendar_availability',
      '📌 my_custom_event',
      `📤 Sent: 'hello'`,
    ],
  );
  const getTrace = ['--no-install', 'get-trace'];
  const { stdout } = await mustExec('npx', [...getTrace, 'list', '--url', server.url], options);
  assert.match(stdout, /c-1/);
  await ended(server.url, id);
  await server.stop();
  assert.equal(server.output().replace(server.url, '').trim(), '');

  // After the server stopped, the same command reads the directory, and says so.
  const env = { ...options.env, TRACE_URL: server.url };
  const offline = await exec('npx', [...getTrace, 'trace', id, '--export'], { cwd: directory, env });
  const exported = JSON.parse(offline.stdout);
  assert.deepEqual([exported.trace_id, exported.status, offline.code], [id, 'completed', 0]);
  assert.match(offline.stderr, /\.traces/);
}

/** Resolves when the trace has ended: one that is shut down before its quiet time is `interrupted`. */
async function ended(url, id) {
  const stream = await fetch(`${url}/debug/stream?trace_id=${id}`);
  const { status } = await (await fetch(`${url}/debug/trace/${id}`)).json();
  if (status !== 'active') return stream.body.cancel();
  let text = '';
  for await (const chunk of stream.body) {
    text += Buffer.from(chunk).toString();
    if (text.includes('trace.ended')) return;
  }
  throw new Error(`The stream ended before the trace ${id}: ${text}`);
}

/** One source for all of them. It uses the package by name only, as the README shows. */
function source(platform) {
  const fastify = platform === 'fastify';
  return `import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
${fastify ? `import { FastifyAdapter } from '@nestjs/platform-fastify';` : ''}
import { CurrentTrace, TraceModule, Traced, currentTrace, traceEvent, traceReply, traceRoute } from 'nestjs-trace-collector';
import type { TraceContext } from 'nestjs-trace-collector';

class Agent {
  @Traced({ kind: 'tool', name: 'check_calendar_availability' })
  async check(day: string): Promise<string[]> {
    traceEvent('my_custom_event', { day });
    return ['10:00'];
  }
}

@Controller('webhook')
class WebhookController {
  private readonly agent = new Agent();

  @Post()
  @HttpCode(202)
  async receive(@Body() body: { contactId: string }, @CurrentTrace() trace: TraceContext | undefined) {
    traceRoute('supervisor', 'sofia');
    await this.agent.check('monday');
    traceReply('hello');
    return { contact: body.contactId, same: trace?.traceId === currentTrace()?.traceId };
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [WebhookController] })
class AppModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule${fastify ? ', new FastifyAdapter()' : ''}, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  await app.listen(0);
  console.log('http://localhost:' + app.getHttpServer().address().port);
}

void bootstrap();
`;
}
