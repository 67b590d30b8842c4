import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule } from 'nestjs-trace-collector';
import { openTraceDirectory } from './support/cli-directory.js';
import { ANSWERS } from './support/cli-answers.js';
import { FakeServer } from './support/cli-fake-server.js';
import { removeTemporaryDirectories, runCli, temporaryDirectory } from './support/cli-run.js';
import { ADAPTERS, startApp } from './support/nest-app.js';

const environment = process.env.NODE_ENV;
afterEach(() => {
  process.env.NODE_ENV = environment;
});
afterAll(removeTemporaryDirectories);

/** The folder of an application, and its trace directory. */
function folder(): { cwd: string; dir: string } {
  const cwd = temporaryDirectory();
  return { cwd, dir: join(cwd, '.traces') };
}

const entryFor = (url: string) => ({ url, pid: process.pid, startedAt: new Date().toISOString() });

describe('from the folder of a running application', () => {
  it.each(ADAPTERS)('commands find it whatever its port, prefix and path, and its token: %s', async (adapter) => {
    const { cwd, dir } = folder();
    // Anything else than development and test: the generated token is needed.
    process.env.NODE_ENV = 'staging';
    const running = await startApp({
      adapter,
      dir,
      options: { debug: { path: 'inside/traces' } },
      configure: (app) => app.setGlobalPrefix('api'),
    });
    const { port } = new URL(running.url);
    expect(JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8'))).toEqual({
      url: `http://localhost:${port}/api/inside/traces`,
      pid: process.pid,
      startedAt: expect.any(String),
    });
    await running.post('/api/webhook', { contactId: 'ana', body: 'hola' });
    const here = (...args: string[]) => runCli(args, { cwd });
    expect(await here('list')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('ana') });
    // Only a running application can change traces: the change proves that it was asked.
    expect(await runCli(['clear', '-f', '--dir', dir])).toMatchObject({ code: 0, stderr: '' });
    const doctor = await here('doctor');
    expect(doctor.stdout).toContain(`http://localhost:${port}/api/inside/traces, pid ${process.pid}`);
    const link = await here('open');
    expect(link.stdout).toMatch(new RegExp(`^http://localhost:${port}/api/inside/traces\\?token=[\\w-]{43}\n$`));
    expect((await fetch(link.stdout.trim(), { redirect: 'manual' })).status).toBe(303);
    await running.close();
    expect(existsSync(join(dir, 'server.json'))).toBe(false);
  });

  it('a server on a socket has no address: no file is written', async () => {
    const { cwd, dir } = folder();
    @Module({ imports: [TraceModule.forRoot({ storage: { dir } })] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(join(cwd, 'app.sock'));
    expect(existsSync(dir)).toBe(true);
    expect(existsSync(join(dir, 'server.json'))).toBe(false);
    await app.close();
  });

  it('is asked before TRACE_URL, which is said; a change wants to know which of both', async () => {
    const { cwd, dir } = folder();
    mkdirSync(dir);
    const [found, named] = [await new FakeServer().start(), await new FakeServer().start()];
    writeFileSync(join(dir, 'server.json'), JSON.stringify(entryFor(`${found.url}/debug`)), { mode: 0o600 });
    const env = { TRACE_URL: named.url, TRACE_TOKEN: 'x'.repeat(40) };
    const list = await runCli(['list', '--raw'], { cwd, env });
    expect(JSON.parse(list.stdout)).toEqual(ANSWERS['GET /traces']);
    expect(list.stderr).toBe(
      `Asking ${found.url}/debug, the application of .traces, before TRACE_URL; --url names another\n`,
    );
    expect([found.seen.length, named.seen.length]).toEqual([1, 0]);
    const clear = await runCli(['clear', '-f'], { cwd, env });
    expect(clear).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('name the one to change with --url'),
    });
    expect((await runCli(['list', '--url', named.url], { cwd })).stderr).toBe('');
    await found.stop();
    // It does not answer, though its process runs: what is named is asked then.
    const next = await runCli(['list', '--raw'], { cwd, env });
    expect(JSON.parse(next.stdout)).toEqual(ANSWERS['GET /traces']);
    await named.stop();
  });

  it('where it wants a token that is not there, the directory has the same traces', async () => {
    const { dir, record, close } = await openTraceDirectory();
    record('ana', 'hola');
    await close();
    const locked = await new FakeServer('/debug', 'secret').start();
    writeFileSync(join(dir, 'server.json'), JSON.stringify(entryFor(`${locked.url}/debug`)), { mode: 0o600 });
    const list = await runCli(['list', '--dir', dir]);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('ana') });
    expect(list.stderr).toBe(
      `${locked.url}/debug needs its token, which --token-file or TRACE_TOKEN gives; reading ${dir}\n`,
    );
    expect((await runCli(['clear', '-f', '--dir', dir])).code).toBe(4);
    await locked.stop();
  });

  it('whose certificate is self-signed: says what to do, and reads the directory', async () => {
    const { dir, record, close } = await openTraceDirectory();
    record('ana', 'hola');
    await close();
    const [key, cert] = ['key', 'cert'].map((name) => join(dir, `${name}.pem`)) as [string, string];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2', '-nodes'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const certificate = { key: readFileSync(key), cert: readFileSync(cert) };
    const answers = new FakeServer();
    const secure = createServer(certificate, (request, response) => answers.answer(request, response)).listen(
      0,
      '127.0.0.1',
    );
    await once(secure, 'listening');
    const { port } = secure.address() as AddressInfo;
    writeFileSync(join(dir, 'server.json'), JSON.stringify(entryFor(`https://localhost:${port}/debug`)), {
      mode: 0o600,
    });
    const list = await runCli(['list', '--dir', dir]);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('ana') });
    expect(list.stderr).toContain('set NODE_EXTRA_CA_CERTS to the file of the certificate');
    const trusting = await runCli(['list', '--raw', '--dir', dir], { env: { NODE_EXTRA_CA_CERTS: cert } });
    expect(trusting).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(trusting.stdout)).toEqual(ANSWERS['GET /traces']);
    secure.closeAllConnections();
    secure.close();
  });
});
