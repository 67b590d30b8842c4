import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./support/uncaught.program.mjs', import.meta.url));
const MODES = ['throw', 'strict', 'warn', 'none', 'warn-with-error-code'] as const;

interface Outcome {
  code: number | null;
  /** Without process ids and addresses of the two runs. */
  stderr: string;
  /** Calls of the application's own listeners, in order. */
  heard: string[] | undefined;
  records: any[];
}

interface How {
  mode?: (typeof MODES)[number];
  traced?: boolean;
  /** The events to which the application listens, as the program names them. */
  listener?: string;
  nodeOptions?: string;
}

/** One webhook whose work throws an uncaught error, in a separate process, with and without the module. */
function run(what: string, { mode, traced = true, listener = '', nodeOptions = '' }: How = {}): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'trace-uncaught-'));
  const env = {
    ...process.env,
    NODE_OPTIONS: nodeOptions,
    TRACE_DIR: dir,
    WHAT: what,
    TRACED: String(traced),
    LISTENER: listener,
  };
  return new Promise((resolve) => {
    const args = mode ? [`--unhandled-rejections=${mode}`, PROGRAM] : [PROGRAM];
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      const records = traced ? journal(dir) : [];
      rmSync(dir, { recursive: true, force: true });
      const heard = stdout === '' ? undefined : JSON.parse(stdout);
      resolve({ code: error ? (error.code as never) : 0, stderr: anonymous(stderr), heard, records });
    });
  });
}

function journal(dir: string): any[] {
  const folder = join(dir, 'journal');
  const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));
  return files.flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line)),
  );
}

/**
 * Without the source line above a fatal error. V8 loses the place of an error once its stack was read, by a logger or
 * by us, and shows the line where Node aborted instead.
 */
const withoutExcerpt = (stderr: string): string => stderr.replace(/^.+:\d+\n[^]*?\n\n/, '');

/** The frames below the program's own differ by the wrappers that a trace adds. */
function anonymous(stderr: string): string {
  return stderr
    .replace(/\(node:\d+\)/g, '(node)')
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n');
}

const errorsIn = ({ records }: Outcome): string[] =>
  records.filter(({ kind }) => kind === 'error').map(({ location, message }) => `${location}: ${message}`);
const eventsIn = ({ records }: Outcome): string[] =>
  records.filter(({ kind }) => kind === 'event').map(({ type }) => type);

/** The visible outcome must be the same with the module and without. */
async function runBoth(what: string, how: How = {}, cut = (stderr: string) => stderr): Promise<Outcome> {
  const [traced, plain] = await Promise.all([run(what, how), run(what, { ...how, traced: false })]);
  const seen = ({ code, stderr, heard }: Outcome) => ({ code, stderr: cut(stderr), heard });
  expect(seen(traced)).toEqual(seen(plain));
  return traced;
}

const ONE_REJECTION = ['unhandledRejection: nobody caught me'];

// Two processes per test, beside all other tests.

describe('a rejection that no code of the application catches', () => {
  describe.each(MODES)('with --unhandled-rejections=%s', (mode) => {
    const fatal = mode === 'throw' || mode === 'strict';
    it.each(['', 'rejection', ...(fatal ? ['exception', 'rejection and exception'] : [])])(
      'is recorded, and Node does the same (listeners: %p)',
      async (listener) => {
        const traced = await runBoth('rejection', { mode, listener });
        expect(errorsIn(traced)).toEqual(ONE_REJECTION);
        expect(eventsIn(traced)).toEqual(['unhandled_rejection']);
      },
    );
  });

  // What is rejected and what Node does with it do not depend on each other: one mode that ends the process, and one that does not.
  describe.each(['throw', 'warn'] as const)('with --unhandled-rejections=%s', (mode) => {
    it('that left a traced method is one error, and the event has the rest', async () => {
      const traced = await runBoth('traced-rejection', { mode }, withoutExcerpt);
      expect(errorsIn(traced)).toEqual(['Work.fail: nobody caught me']);
      expect(eventsIn(traced)).toEqual(['unhandled_rejection']);
    });

    it('may be no error', async () => {
      const traced = await runBoth('text-rejection', { mode });
      expect(errorsIn(traced)).toHaveLength(1);
      expect(errorsIn(traced)[0]).toContain('nobody caught me');
      expect(eventsIn(traced)).toEqual(['unhandled_rejection']);
    });
  });

  it.each(['warn', 'warn-with-error-code'] as const)('accepts the mode %s from NODE_OPTIONS', async (mode) => {
    const traced = await runBoth('rejection', { nodeOptions: `--unhandled-rejections=${mode}` });
    expect(errorsIn(traced)).toEqual(ONE_REJECTION);
    expect(traced.records.find(({ kind }) => kind === 'error').stack).toContain('at Work.fail');
  });

  it('leaves no trace with the mode none from NODE_OPTIONS', async () => {
    const traced = await runBoth('rejection', { nodeOptions: '--unhandled-rejections=none' });
    expect([traced.code, errorsIn(traced)]).toEqual([0, []]);
  });

  it.each([
    ['a later listener is not the only one', 'later', 0],
    ['a listener that is removed removes ours with it', 'gone', 1],
    ['all of several that are removed do so too', 'cleared', 1],
    ['ten listeners are no leak', 'ten', 0],
  ])('%s', async (_what, listener, code) => {
    const traced = await runBoth('rejection', { listener });
    expect(traced.code).toBe(code);
    if (listener !== 'ten') expect(errorsIn(traced)).toEqual(ONE_REJECTION);
  });

  it('after the listener of `once`, Node is left to its own behaviour', async () => {
    const traced = await runBoth('rejection', { listener: 'once' });
    expect({ code: traced.code, heard: traced.heard }).toEqual({ code: 1, heard: ['Error: nobody caught me'] });
    expect(eventsIn(traced)).toEqual(['unhandled_rejection', 'unhandled_rejection']);
  });
});

describe('an exception that no code of the application catches', () => {
  it('is recorded in its trace, and Node exits with it as before', async () => {
    const traced = await runBoth('exception');
    expect(traced.code).toBe(1);
    expect(errorsIn(traced)).toEqual(['uncaughtException: nobody caught me']);
    expect(eventsIn(traced)).toEqual(['uncaught_exception']);
  });

  it('does not end an application with its own uncaughtException listener', async () => {
    const traced = await runBoth('exception', { listener: 'exception' });
    expect({ code: traced.code, heard: traced.heard }).toEqual({ code: 0, heard: ['Error: nobody caught me'] });
    expect(errorsIn(traced)).toEqual(['uncaughtException: nobody caught me']);
    expect(traced.records.find(({ kind }) => kind === 'end').status).toBe('error');
  });
});
