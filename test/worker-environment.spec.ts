import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './support/run.js';

/** Records one trace and reads it back, which the worker answers. */
const PROGRAM = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runInTrace, traceEvent, TraceModule, TraceService } from 'nestjs-trace-collector';
class App {}
Module({ imports: [TraceModule.forRoot({ storage: { dir: process.env.TRACE_DIR } })] })(App);
const app = await NestFactory.createApplicationContext(App, { logger: ['error', 'warn'] });
runInTrace({ contactId: 'ana', type: 'test' }, () => traceEvent('step'));
console.log((await app.get(TraceService).traces({})).count);
await app.close();
`;

/** Imitates an agent that cannot start twice: an exporter on a port, a patch that checks for itself. */
const PRELOAD = `
const { isMainThread } = require('node:worker_threads');
if (!isMainThread) throw new Error('preloaded twice');
`;

const REGISTER = `
import { isMainThread } from 'node:worker_threads';
if (!isMainThread) throw new Error('imported twice');
`;

describe('the index worker and the flags of the application', () => {
  let dir: string;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'worker env '));
    writeFileSync(join(dir, 'preload.cjs'), PRELOAD);
    writeFileSync(join(dir, 'register.mjs'), REGISTER);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each<[string, string[]]>([
    ['NODE_OPTIONS that preload CommonJS and ESM', []],
    ['flags that preload', ['--require', 'PRELOAD', '--disallow-code-generation-from-strings']],
  ])('%s are not applied to it', async (_title, flags) => {
    const preload = join(dir, 'preload.cjs');
    const quoted = `--require ${JSON.stringify(preload)} --import ${pathToFileURL(join(dir, 'register.mjs')).href}`;
    const env = {
      TRACE_DIR: mkdtempSync(join(dir, 'traces-')),
      NODE_OPTIONS: flags.length > 0 ? undefined : `${quoted} --inspect-port=0 --max-old-space-size=300`,
    };
    const args = flags.map((flag) => (flag === 'PRELOAD' ? preload : flag));
    // As an argument, so that the program's imports are found from the project.
    const code = ['--input-type=module', '--eval', PROGRAM];
    expect(await run(process.execPath, [...args, ...code], { env })).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  });
});
