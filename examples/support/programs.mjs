import { spawn } from 'node:child_process';

const running = new Set();

/**
 * Starts a compiled program of an example, such as `dist/twilio/main.js`. Its calls go to the fakes, and
 * `NODE_ENV=development` opens `/debug` for this machine. `stdio` is as of `spawn`.
 */
export function startProgram(file, { cwd, fakes, env = {}, stdio = ['ignore', 'pipe', 'pipe'] }) {
  const args = ['--import', './support/fake-internet.mjs', '--enable-source-maps', file];
  const settings = { NODE_ENV: 'development', FAKE_PROVIDERS_PORT: String(fakes.port), NO_COLOR: '1', ...env };
  const program = spawn(process.execPath, args, { cwd, env: { ...process.env, ...settings }, stdio });
  running.add(program);
  program.once('exit', () => running.delete(program));
  return program;
}

/** Collects what a program prints. Call it before the program can print. */
export function outputOf(program) {
  let output = '';
  const read = (chunk) => (output += chunk);
  program.stdout.on('data', read);
  program.stderr.on('data', read);
  return () => output;
}

/** Resolves with what `pattern` finds in a program's output. Rejects when the program exits, or after three minutes. */
export function printed(program, output, pattern) {
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      clearTimeout(timer);
      program.stdout.off('data', look);
      program.off('exit', exited);
      settle(value);
    };
    const fail = (reason) => end(reject, new Error(`The program ${reason}\n${output()}`));
    const exited = (code) => fail(`exited with ${code}`);
    const look = () => {
      const [found] = pattern.exec(output()) ?? [];
      if (found !== undefined) end(resolve, found);
    };
    const timer = setTimeout(() => fail('did not print in 180 s that it is ready'), 180_000);
    program.stdout.on('data', look);
    program.once('exit', exited);
    look();
  });
}

/** Ends a program as a process manager does, and waits until it has ended. */
export async function stop(program) {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const exited = new Promise((resolve) => program.once('exit', resolve));
  program.kill('SIGTERM');
  const timer = setTimeout(() => program.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(timer);
}

/** Kills all programs that still run; for an interrupted run. */
export function killPrograms() {
  for (const program of running) program.kill('SIGKILL');
}
