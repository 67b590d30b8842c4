import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { readdirSync, writeFileSync } from 'node:fs';
import { openTraceDirectory } from './support/cli-directory.js';
import {
  removeTemporaryDirectories,
  RunningCli,
  runCli,
  temporaryDirectory,
  type CliResult,
} from './support/cli-run.js';
import { startApp, type RunningApp } from './support/nest-app.js';

/**
 * Every command in every environment where it may differ. `server`: one that runs, with the right token; `directory`: no server, but traces
 * on disk; `nothing`: neither; `denied`: a server, and a wrong token.
 */
type World = 'server' | 'directory' | 'nothing' | 'denied';

/** The exit code, and a part of stderr that must be there; `''` for an empty stderr. */
type Cell = readonly [code: number, stderr: RegExp | ''];
/** Worlds that are left out cannot matter: the command ends before it asks a source. */
type Row = Partial<Record<World, Cell>>;

const READS_DIRECTORY = /No server at http:\/\/localhost:\d+ \(connection refused\); reading \S+$/m;
const NOTHING =
  /No server at http:\/\/localhost:\d+ \(connection refused\), and no traces in \S+\. Start the application, or/;
const DENIED = /token from TRACE_TOKEN was refused: give the application's own with --token-file or TRACE_TOKEN/;
const NO_SERVER = /No server at .*Only a running application can change traces: start it, or name it with --url/;

const ASKS: Record<World, Cell> = {
  server: [0, ''],
  directory: [0, READS_DIRECTORY],
  nothing: [5, NOTHING],
  denied: [4, DENIED],
};
const fails = (code: number, says: RegExp): Row => ({ ...ASKS, server: [code, says], directory: [code, says] });
/** Commands that need no source. */
const ALONE: Row = { directory: [0, ''], denied: [0, ''] };
const ERASES: Row = { ...ASKS, directory: [5, NO_SERVER], nothing: [5, NO_SERVER] };
const NO_PAGE = /No server at .*Only a running application has a page: start it, or serve/;
/** Only a server has a page. */
const OPENS: Row = {
  ...ASKS,
  server: [0, /^The page asks for the token of TRACE_TOKEN, which is not in the link\.$/m],
  directory: [5, NO_PAGE],
  nothing: [5, NO_PAGE],
};
const NO_RUNNING =
  /No server at .*Only a running application can (?:list|test) its alerts: start it, or name it with --url/;
const SERVER_ONLY: Row = { ...ASKS, directory: [5, NO_RUNNING], nothing: [5, NO_RUNNING] };
/** Refused before any source is asked. */
const early = (code: number, says: RegExp): Row => ({ server: [code, says], nothing: [code, says] });
const usage = (says: RegExp): Row => early(2, says);
const refused = (says: RegExp): Row => early(4, says);
const unreadable = (says: RegExp): Row => early(6, says);
/** Runs until Ctrl-C. */
const WATCHES: Row = { ...ASKS, server: [130, /Watching http/], directory: [130, READS_DIRECTORY] };

const OK = 'ana_20240120_143022_000001';
const FAILED = 'ana_20240120_143022_000002';

/** In this order: commands that delete come last. */
const TABLE: readonly (readonly [line: string, row: Row])[] = [
  ['', { ...ASKS, nothing: [0, NOTHING] }],
  ['list', ASKS],
  ['list --status error --contact ana --since 2024-01-01 --limit 5 -q agenda', ASKS],
  ['list --contact nobody', ASKS],
  ['list --status broken', usage(/--status/)],
  ['list --limit 0', usage(/--limit/)],
  ['list --sort duration --columns time,agent,error,trace', ASKS],
  ['list --sort size', usage(/--sort/)],
  ['list --columns time,size', usage(/'size' is no column/)],
  ['list --columns time --json', usage(/--columns: --json has all values/)],
  [`trace ${OK}`, ASKS],
  [`trace ${OK} --export`, ASKS],
  [`trace ${OK} --html`, ASKS],
  [`trace ${FAILED} --md`, ASKS],
  ['trace ana', fails(3, /Several traces begin with "ana"/)],
  ['trace nope', fails(3, /There is no trace "nope"/)],
  ['trace -', usage(/there is no trace id on stdin/)],
  ['trace', usage(/missing required argument 'id'/)],
  [`export ${OK}`, ASKS],
  [`export ${OK} --format otlp`, ASKS],
  ['export nope --format otlp', fails(3, /There is no trace "nope"/)],
  [`export ${OK} --format xml`, usage(/--format/)],
  ['last', ASKS],
  ['last --export', ASKS],
  ['error', ASKS],
  ['error --export', ASKS],
  ['errors', ASKS],
  ['errors --state open --since 2024-01-01 -q agenda', ASKS],
  ['errors --state broken', usage(/--state/)],
  ['errors mend x', usage(/'mend' is no action of errors; allowed: resolve, ignore, reopen/)],
  ['errors resolve', usage(/errors resolve needs the fingerprint/)],
  ['open', OPENS],
  [`open ${OK}`, OPENS],
  ['open nope', { ...OPENS, server: [3, /There is no trace "nope"/] }],
  ['contact ana', ASKS],
  ['contact nobody', fails(3, /There are no traces of contact "nobody"/)],
  ['debug ana', ASKS],
  ['debug nobody', fails(3, /There are no traces of contact "nobody"/)],
  [`diff ${FAILED} ${OK}`, ASKS],
  [`diff ${FAILED} last-ok`, ASKS],
  [`diff ${OK} last-ok`, fails(3, /There is no completed trace before/)],
  [`diff ${OK}`, usage(/missing required argument 'b'/)],
  ['show trace.json', ALONE],
  ['show trace.json --export', ALONE],
  ['show none.json', usage(/cannot read 'none\.json' \(ENOENT\)/)],
  ['show trace.json --trace-id 4bf9', usage(/--trace-id is for OTLP JSON/)],
  ['show -', unreadable(/This is no trace: there is nothing in it/)],
  ['explain trace.json', ALONE],
  ['explain trace.json --path webhook', usage(/A path begins with a slash/)],
  ['active', ASKS],
  ['stats', ASKS],
  ['stats --since nonsense', usage(/--since/)],
  ['health', ASKS],
  ['watch', WATCHES],
  ['watch --until-error --contact ana', WATCHES],
  ['tail --steps', WATCHES],
  ['logs', WATCHES],
  ['instances', { ...ASKS, directory: [4, /A directory has no list of instances/] }],
  ['alerts', SERVER_ONLY],
  ['alerts list', SERVER_ONLY],
  ['alerts test', { ...SERVER_ONLY, server: [4, /This application has no alerts/] }],
  ['alerts tset', usage(/there is no action 'tset'/)],
  ['alerts --store postgres://user@db/traces', refused(/A shared store has no alerts/)],
  ['db status', usage(/db status needs a shared store: give --store/)],
  ['ship', usage(/ship needs a shared store: give --store/)],
  ['ship --max-age nonsense', usage(/Give a duration such as/)],
  ['serve --alone', usage(/--alone is for --record/)],
  ['serve --port x', usage(/Give a whole number from 0 to 65535/)],
  ['doctor', ALONE],
  ['mcp', ALONE],
  ['mcp --print-config', ALONE],
  ['completion bash', ALONE],
  ['completion zsh', ALONE],
  ['completion fish', ALONE],
  ['completion tcsh', usage(/there is no completion for 'tcsh'/)],
  ['__complete -- tr', ALONE],
  ['__complete -- trace an', { ...ALONE, directory: [0, READS_DIRECTORY] }],
  ['help list', ALONE],
  ['--help', ALONE],
  ['--version', ALONE],
  ['lits', usage(/unknown command 'lits'; did you mean 'list'\?/)],
  ['list --nope', usage(/unknown option '--nope'/)],
  ['list --json --md', usage(/exclude each other/)],
  [`pin ${OK}`, ERASES],
  [`unpin ${OK}`, ERASES],
  ['errors resolve 00000000', { ...ERASES, server: [3, /00000000/] }],
  ['pin nope', { ...ERASES, server: [3, /There is no trace "nope"/] }],
  ['pin', usage(/missing required argument 'id'/)],
  ['forget bob', { ...ERASES, server: [2, /Erase everything about contact bob/] }],
  ['forget bob -f', ERASES],
  ['forget nobody -f', ERASES],
  ['clear', { ...ERASES, server: [2, /Delete the traces of/] }],
  ['clear -f --keep-errors', ERASES],
  ['clear -f', ERASES],
];

const TOKEN = 'right-'.repeat(8);
let app: RunningApp;
let closedPort: number;
const dirs = { server: '', directory: '', nothing: '' };
const environment = process.env.NODE_ENV;

/** Two traces of ana, of which the second failed, and one of bob that failed, too. */
async function written(): Promise<string> {
  const { dir, record, close } = await openTraceDirectory();
  expect([record('ana', 'hola'), record('ana', 'agenda', 'error')]).toEqual([OK, FAILED]);
  record('bob', 'hola', 'error');
  await close();
  return dir;
}

beforeAll(async () => {
  [dirs.server, dirs.directory, dirs.nothing] = [await written(), await written(), temporaryDirectory()];
  // Under `test`, loopback needs no token.
  process.env.NODE_ENV = 'staging';
  app = await startApp({ dir: dirs.server, options: { debug: { token: TOKEN }, retention: { maxAge: '36500d' } } });
  process.env.NODE_ENV = environment;
  const held = createServer().listen(0);
  await once(held, 'listening');
  closedPort = (held.address() as { port: number }).port;
  held.close();
});

afterAll(async () => {
  await app?.close();
  removeTemporaryDirectories();
});

/** The environment variables of each, as a user of several commands sets them. */
function envOf(world: World): Record<string, string> {
  const here = world === 'server' || world === 'denied';
  return {
    TRACE_URL: here ? app.url : `http://localhost:${closedPort}`,
    TRACE_DIR: world === 'directory' ? dirs.directory : dirs.nothing,
    ...(here && { TRACE_TOKEN: world === 'server' ? TOKEN : 'wrong-'.repeat(8) }),
  };
}

async function run(line: string, world: World): Promise<CliResult> {
  const args = line.split(' ').filter((word) => word !== '');
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'trace.json'), trace);
  if (!(['watch', 'tail', 'logs'].includes(args[0]!) && (world === 'server' || world === 'directory'))) {
    return runCli(args, { env: envOf(world), cwd });
  }
  const cli = new RunningCli(args, { env: envOf(world), cwd, input: '' });
  await cli.until('stderr', world === 'server' ? 'Watching' : 'reading');
  cli.child.kill('SIGINT');
  return cli.result;
}
let trace = '';

describe('get-trace, every command in every environment', () => {
  beforeAll(async () => {
    trace = (await runCli(['trace', OK, '--raw'], { env: envOf('server') })).stdout;
    expect(trace).toContain(OK);
  });

  it('has a row for every command', () => {
    const files = readdirSync(join(process.cwd(), 'src/cli/commands')).filter((file) => file.endsWith('.command.ts'));
    const commands = files.map((file) => file.replace('.command.ts', '').replace(/^complete$/, '__complete'));
    const rows = new Set(TABLE.map(([line]) => line.split(' ')[0] || 'home'));
    expect(commands.filter((command) => !rows.has(command))).toEqual([]);
  });

  it('reads ids from stdin, one per line, and stops at the first invalid one', async () => {
    const env = envOf('server');
    const both = await runCli(['trace', '-', '--raw'], { env, input: `${OK}\n\n  ${FAILED}\r\n` });
    const ids = both.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).trace_id);
    expect([both.code, ids]).toEqual([0, [OK, FAILED]]);
    const broken = await runCli(['trace', '-', '--raw'], { env, input: `${OK}\nnope\n${FAILED}` });
    expect([broken.code, broken.stdout.trimEnd().split('\n').length]).toEqual([3, 1]);
    expect((await runCli(['trace', '-', '--html'], { env, input: `${OK}\n${FAILED}` })).code).toBe(2);
  });

  it.each(TABLE)('%s', async (line, row) => {
    const cells = Object.entries(row) as [World, Cell][];
    const results = await Promise.all(cells.map(([world]) => run(line, world)));
    for (const [index, [world, [expected, says]]] of cells.entries()) {
      const { code, stdout, stderr } = results[index]!;
      expect({ world, code, stderr }).toEqual({
        world,
        code: expected,
        stderr: says === '' ? '' : expect.stringMatching(says),
      });
      // Data and nothing else on stdout: a failed command prints none.
      if (expected !== 0 && expected !== 130) expect({ world, stdout }).toEqual({ world, stdout: '' });
      else if (expected === 0 && !/^mcp$|__complete|^show -$/.test(line)) expect(stdout).not.toBe('');
      expect(stdout + stderr).not.toContain('wrong-wrong');
    }
  });

  it.each([
    ['trace nope', 'server', 3, 'TRACE_NOT_FOUND'],
    ['list', 'nothing', 5, 'NO_SOURCE'],
    ['list', 'denied', 4, 'ACCESS_DENIED'],
    ['clear -f', 'nothing', 5, 'NO_SERVER'],
    ['list --limit x', 'server', 2, 'USAGE'],
    ['show -', 'server', 6, 'DATA_UNREADABLE'],
  ] as const)('%s --json, %s: exit %i, and the error as JSON on stderr', async (line, world, exit_code, errorCode) => {
    const { code, stdout, stderr } = await run(`${line} --json`, world);
    expect([code, stdout]).toEqual([exit_code, '']);
    expect(JSON.parse(stderr)).toEqual({
      schema: 1,
      error: { code: errorCode, exit_code, message: expect.any(String) },
    });
  });
});
