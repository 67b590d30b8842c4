import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('./support/uncaught.program.mjs', import.meta.url));
const MODES = ['throw', 'strict', 'warn', 'none', 'warn-with-error-code'] as const;

interface Outcome {
  code: number | null;
  /** Without process ids and addresses of the two runs. */
  stderr: string;
  records: any[];
}

/** One webhook whose work fails where nobody catches it, in a process of its own, with and without the module. */
function run(what: string, { mode = 'throw', traced = true, listener = false } = {}): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'trace-uncaught-'));
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    TRACE_DIR: dir,
    WHAT: what,
    TRACED: String(traced),
    LISTENER: String(listener),
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [`--unhandled-rejections=${mode}`, PROGRAM], { env }, (error, _stdout, stderr) => {
      const records = traced ? journal(dir) : [];
      rmSync(dir, { recursive: true, force: true });
      resolve({ code: error ? (error.code as never) : 0, stderr: anonymous(stderr), records });
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

// Two processes per test, beside all other tests.
jest.setTimeout(60_000);

describe('what no code of the application catches', () => {
  it.each(MODES)(
    'a rejection, with --unhandled-rejections=%s: recorded where it is fatal, and Node does the same',
    async (mode) => {
      const [traced, plain] = await Promise.all([
        run('rejection', { mode }),
        run('rejection', { mode, traced: false }),
      ]);
      expect({ code: traced.code, stderr: traced.stderr }).toEqual({ code: plain.code, stderr: plain.stderr });
      const fatal = mode === 'throw' || mode === 'strict';
      expect(errorsIn(traced)).toEqual(fatal ? ['unhandledRejection: nobody caught me'] : []);
      expect(eventsIn(traced)).toEqual(fatal ? ['unhandled_rejection'] : []);
    },
  );

  it('an exception: recorded in its trace, and Node dies of it as ever', async () => {
    const [traced, plain] = await Promise.all([run('exception'), run('exception', { traced: false })]);
    expect({ code: traced.code, stderr: traced.stderr }).toEqual({ code: plain.code, stderr: plain.stderr });
    expect(traced.code).toBe(1);
    expect(errorsIn(traced)).toEqual(['uncaughtException: nobody caught me']);
    expect(eventsIn(traced)).toEqual(['uncaught_exception']);
  });

  it('an exception that left a traced method is one error, and the event tells the rest', async () => {
    const traced = await run('traced-rejection');
    expect(traced.code).toBe(1);
    expect(errorsIn(traced)).toEqual(['Work.fail: nobody caught me']);
    expect(eventsIn(traced)).toEqual(['unhandled_rejection']);
  });

  it('an application with a last resort of its own lives on', async () => {
    const options = { listener: true };
    const [traced, plain] = await Promise.all([
      run('exception', options),
      run('exception', { ...options, traced: false }),
    ]);
    expect([traced.code, plain.code]).toEqual([0, 0]);
    expect(errorsIn(traced)).toEqual(['uncaughtException: nobody caught me']);
    expect(traced.records.find(({ kind }) => kind === 'end').status).toBe('error');
  });
});
