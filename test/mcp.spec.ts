import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { MCP_TOOLS } from '../libs/trace/src/mcp/mcp-tools.js';
import { openTraceDirectory, type TraceDirectory } from './support/cli-directory.js';
import { CLI, removeTemporaryDirectories, runCli, temporaryDirectory } from './support/cli-run.js';

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const call = (id: number, name: string, given: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: given },
});
const TOOLS = MCP_TOOLS.map(({ name }) => name);

afterAll(removeTemporaryDirectories);

describe('get-trace mcp', () => {
  let written: TraceDirectory;
  let failed: string;

  beforeAll(async () => {
    written = await openTraceDirectory();
    written.record('ana', 'hola');
    failed = written.record('bob', 'agenda', 'error');
    await written.close();
  });

  const talk = async (...messages: object[]): Promise<any[]> => {
    const input = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
    const { code, stdout } = await runCli(['mcp', '--dir', written.dir], { input });
    expect(code).toBe(0);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .toSorted((a, b) => a.id - b.id);
  };

  it('has its tools, all read-only, and answers every request before the end of its input', async () => {
    const [hello, list, last, none] = await talk(
      initialize,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/list' },
      call(3, 'last_error', {}),
      call(4, 'get_trace', { trace_id: 'nobody' }),
    );
    expect(hello.result).toMatchObject({ serverInfo: { name: 'nestjs-trace-collector' } });
    expect(hello.result.instructions).toContain('untrusted');
    expect(list.result.tools.map(({ name }: any) => name)).toEqual(TOOLS);
    expect(list.result.tools.filter(({ annotations }: any) => annotations.readOnlyHint !== true)).toEqual([]);
    expect(JSON.parse(last.result.content[0].text)).toMatchObject({ trace: { trace_id: failed, status: 'error' } });
    expect(none.result.isError).toBe(true);
    expect(JSON.parse(none.result.content[0].text).error.code).toBe('TRACE_NOT_FOUND');
    expect(JSON.parse(none.result.content[0].text).now).toMatch(/Z$/);
  });

  it('refuses invalid arguments, and names them', async () => {
    const [, bad] = await talk(initialize, call(2, 'find_traces', { status: 'broken' }));
    expect(bad.result.isError).toBe(true);
    expect(JSON.parse(bad.result.content[0].text)).toMatchObject({
      now: expect.any(String),
      error: {
        code: 'BAD_QUERY',
        message: expect.stringContaining('status'),
        allowed: expect.arrayContaining(['error']),
      },
    });
  });

  it('prints a configuration that starts it from any directory, without a token', async () => {
    const { stdout } = await runCli(['mcp', '--print-config', '--url', 'http://localhost:8000/debug?token=secret']);
    const { command, args } = JSON.parse(stdout).mcpServers.traces;
    expect([command, args[0]]).toEqual([process.execPath, CLI]);
    expect(args.slice(1)).toEqual(['mcp', '--url', 'http://localhost:8000/debug']);
    const cwd = temporaryDirectory();
    const here = JSON.parse((await runCli(['mcp', '--print-config'], { cwd })).stdout).mcpServers.traces;
    expect(here.args.slice(1)).toEqual(['mcp', '--dir', join(realpathSync(cwd), '.traces')]);
  });
});

describe('get-trace diff and show', () => {
  let written: TraceDirectory;
  let ids: { ok: string; failed: string };

  beforeAll(async () => {
    written = await openTraceDirectory();
    ids = { ok: written.record('ana', 'hola'), failed: written.record('ana', 'agenda', 'error') };
    await written.close();
  });

  const run = async (...args: string[]) => runCli([...args, '--dir', written.dir]);

  it('compare with the last completed trace', async () => {
    const { stdout } = await run('diff', ids.failed, 'last-ok', '--raw');
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ a: { trace_id: ids.failed }, b: { trace_id: ids.ok }, chosen_by: 'contact' });
    expect(answer.steps.filter(({ change }: any) => change === 'removed')).toMatchObject([
      { kind: 'error', name: 'Tool.book' },
    ]);
    expect((await run('diff', ids.failed, 'last-ok')).stdout).toMatch(/− +error Tool\.book {2}only in A/);
    expect((await run('diff', ids.ok, 'last-ok')).code).toBe(3);
  });

  it('read an export, and export it the same to the byte', async () => {
    for (const form of [['--export'], ['--raw'], ['--pretty'], ['--json'], ['--export', '--raw']]) {
      const { stdout: first } = await run('trace', ids.failed, ...form);
      const again = form.includes('--export') && form.length === 1 ? form : form.filter((flag) => flag !== '--export');
      const { stdout: second, code } = await runCli(['show', '-', ...again], { input: first });
      expect([code, second]).toEqual([0, first]);
    }
    const page = await run('trace', ids.failed, '--html');
    const raw = await run('trace', ids.failed, '--raw');
    expect((await runCli(['show', '-', '--raw'], { input: page.stdout })).stdout).toBe(raw.stdout);
  });

  it('refuse a file without a trace with exit 6, and a missing file with exit 2', async () => {
    expect(await runCli(['show', '-'], { input: '[]' })).toMatchObject({ code: 6, stdout: '' });
    expect(await runCli(['show', join(written.dir, 'none.json')])).toMatchObject({ code: 2, stdout: '' });
  });
});
