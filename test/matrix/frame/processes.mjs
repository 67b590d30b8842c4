import { spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set();

/** Ends what a program left running, with all that it started itself. */
export function killChildren(of = running) {
  for (const child of of) killGroup(child);
}

/**
 * Runs a command to its end and returns `{ code, stdout, stderr, timedOut }`. It does not throw for an exit code. After
 * `timeoutSeconds` the command and everything it started is killed, and `timedOut` is true: so a test can require that a
 * program exits by itself. In `env`, `undefined` removes a variable.
 */
export async function exec(command, args = [], { cwd, env, timeoutSeconds = 300, children = running } = {}) {
  const child = start(command, args, { cwd, env, children });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, timeoutSeconds * 1_000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code, stdout: stdout(), stderr: stderr(), timedOut };
}

/** The same for a step that must succeed: throws with the whole output when it does not. */
export async function mustExec(command, args = [], options = {}) {
  const result = await exec(command, args, options);
  if (result.code === 0) return result;
  const { code, timedOut, stdout, stderr } = result;
  const end = timedOut ? `was still running after ${options.timeoutSeconds ?? 300} s` : `exited with ${code}`;
  throw new Error(`${command} ${args.join(' ')} ${end}\n${stdout}\n${stderr}`);
}

/**
 * Starts `node` with these arguments and waits until it prints an address, `http://localhost:PORT`. Returns `{ url,
 * output(), stop() }`; `stop` sends SIGTERM and waits for the exit.
 */
export async function startServer(args, { cwd, env, timeoutSeconds = 60, children = running } = {}) {
  const child = start(process.execPath, args, { cwd, env, children });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const output = () => stdout() + stderr();
  const url = await new Promise((resolve, reject) => {
    const fail = (reason) => {
      killGroup(child);
      reject(new Error(`node ${args.join(' ')} ${reason}\n${output()}`));
    };
    const timer = setTimeout(() => fail(`printed no address in ${timeoutSeconds} s`), timeoutSeconds * 1_000);
    child.stdout.on('data', () => {
      const address = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(stdout())?.[0];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`exited with ${code} before it listened`);
    });
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
  };
  return { url, output, stop };
}

function start(command, args, { cwd, env, children }) {
  const child = spawn(command, args, {
    cwd,
    // Settings of the matrix itself must not reach the tested programs.
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_OPTIONS: undefined, ...NEUTRAL, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that one kill reaches the children of npm and npx too.
    detached: true,
  });
  children.add(child);
  running.add(child);
  child.once('close', () => {
    children.delete(child);
    running.delete(child);
  });
  return child;
}

const NEUTRAL = { TRACE_DIR: undefined, TRACE_URL: undefined, TRACE_TOKEN: undefined, NODE_ENV: undefined };

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function collect(stream) {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
