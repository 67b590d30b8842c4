import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program as it is installed: the bin of package.json, built. */
export const CLI = join(process.cwd(), 'dist/cli/main.js');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string | undefined>;
  /** The typed text; stdin ends after it. */
  input?: string;
  cwd?: string;
}

/** An empty directory, gone after the tests of this file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'get-trace-'));
  made.push(directory);
  return directory;
}

const made: string[] = [];

export function removeTemporaryDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** A running `get-trace`; tests wait for its output and do not sleep. */
export class RunningCli {
  stdout = '';
  stderr = '';
  readonly child: ChildProcessWithoutNullStreams;
  readonly result: Promise<CliResult>;
  private waiting: (() => void)[] = [];

  constructor(args: readonly string[], options: CliOptions = {}) {
    this.child = spawn(process.execPath, [CLI, ...args], {
      cwd: options.cwd ?? temporaryDirectory(),
      env: cleanEnv(options.env),
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.take('stdout', text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => this.take('stderr', text));
    this.child.stdin.on('error', () => undefined);
    if (options.input !== undefined) this.child.stdin.end(options.input);
    this.result = new Promise((resolve) => {
      this.child.on('close', (code) => {
        this.wake();
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Resolves once the output contains `text`; rejects with the actual output when the program ends before. */
  async until(stream: 'stdout' | 'stderr', text: string): Promise<void> {
    while (!this[stream].includes(text)) {
      if (this.child.exitCode !== null) {
        throw new Error(
          `ended with ${this.child.exitCode} before ${stream} had '${text}':\n${this.stdout}\n${this.stderr}`,
        );
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private take(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** A promise, and the way to settle it from outside. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let settle!: (value: T) => void;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new RunningCli(args, { input: '', ...options }).result;
}

/** None of the developer's own settings reaches the program. */
function cleanEnv(extra: CliOptions['env'] = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, TZ: 'UTC', XDG_CACHE_HOME: temporaryDirectory() };
  for (const [name, value] of Object.entries(extra)) if (value !== undefined) env[name] = value;
  return env;
}
