import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { openTraceDirectory, type TraceDirectory } from './support/cli-directory.js';
import { CLI, RunningCli, removeTemporaryDirectories, temporaryDirectory, type CliResult } from './support/cli-run.js';

/** Commands that print to stdout, with their input on stdin. */
const TO_STDOUT: [command: string, input?: string][] = [
  ['--help'],
  ['help'],
  ['list --help'],
  ['help watch'],
  ['--version'],
  ['completion bash'],
  ['__complete trace '],
  ['list'],
  ['list --raw'],
  ['trace maria'],
  ['last --export'],
  ['error --md'],
  ['stats --json'],
  ['contact maria'],
  ['doctor'],
  ['mcp --print-config'],
  [
    'mcp',
    `${JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    })}\n`,
  ],
];
const AT_ONCE = 3;
const run = promisify(execFile);

describe('get-trace whose reader closed the pipe', () => {
  let traces: TraceDirectory;
  let tmp: string;
  beforeAll(async () => {
    tmp = temporaryDirectory();
    traces = await openTraceDirectory();
    traces.record('maria', 'Hola');
    traces.record('pedro', 'Hola', 'error');
  });
  afterAll(async () => {
    await traces.close();
    removeTemporaryDirectories();
  });

  /** Closes the given ends of its pipes before the program can write to them. */
  const start = (command: string, closed: ('stdout' | 'stderr')[], input?: string): RunningCli => {
    const cli = new RunningCli(command.split(' '), { env: { TRACE_DIR: traces.dir, TRACE_URL: '', TMPDIR: tmp } });
    for (const name of closed) cli.child[name].destroy();
    // Stdin stays open: the reader's end alone must be enough.
    if (input === undefined) cli.child.stdin.end();
    else cli.child.stdin.write(input);
    return cli;
  };
  /** In parts: each is a process. */
  const endsOf = async (commands: typeof TO_STDOUT, closed: ('stdout' | 'stderr')[]): Promise<object> => {
    const ends: Record<string, CliResult> = {};
    for (let n = 0; n < commands.length; n += AT_ONCE) {
      await Promise.all(
        commands.slice(n, n + AT_ONCE).map(async ([command, input]) => {
          ends[command] = await start(command, closed, input).result;
        }),
      );
    }
    return ends;
  };

  it('ends quietly in every command, and leaves no file behind', async () => {
    const quiet = { code: 0, stdout: '', stderr: expect.not.stringMatching(/EPIPE|Error|\n +at /) };
    const expected = Object.fromEntries(TO_STDOUT.map(([command]) => [command, quiet]));
    expect(await endsOf(TO_STDOUT, ['stdout'])).toEqual(expected);
    expect(readdirSync(tmp)).toEqual([]);
  }, 60_000);

  it('reports a failure by its exit code alone when stderr is closed', async () => {
    const ends = await endsOf([['lits'], ['trace nobody'], ['trace nobody --json'], ['list']], ['stderr']);
    expect(ends).toEqual({
      lits: { code: 2, stdout: '', stderr: '' },
      'trace nobody': { code: 3, stdout: '', stderr: '' },
      'trace nobody --json': { code: 3, stdout: '', stderr: '' },
      list: { code: 0, stdout: expect.stringContaining('maria'), stderr: '' },
    });
  });

  it('ends watch at the first event after its reader closed', async () => {
    const cli = start(`watch --dir ${traces.dir}`, ['stdout']);
    await cli.until('stderr', 'Watching');
    // The position where it begins is taken after its notice: the first of these may be before it.
    const more = setInterval(() => traces.record('ana', 'Hola'), 50);
    expect(await cli.result).toMatchObject({ code: 0, stdout: '', stderr: expect.not.stringContaining('EPIPE') });
    clearInterval(more);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('reports any other failure of stdout in one line, in help too', async () => {
    const fails = (command: string) => run('sh', ['-c', `"$0" "$1" ${command} >/dev/full`, process.execPath, CLI]);
    for (const command of ['--help', '--version', 'completion bash']) {
      await expect(fails(command)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^nestjs-trace-collector: cannot write to stdout: ENOSPC[^\n]*\n$/),
      });
    }
  });
});
