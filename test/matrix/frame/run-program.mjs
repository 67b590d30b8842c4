import { mkdirSync } from 'node:fs';
import { createInstaller } from './install.mjs';
import * as processes from './processes.mjs';

/** Thrown in a cell that this machine cannot run; `reason` is printed. */
class Skip extends Error {}

/**
 * Runs one program in a separate directory, and records its cells. A program that throws outside of its cells is one
 * failed cell of its own name. Its remaining processes are killed.
 */
export async function runProgram(program, { tarball, project, workdir, platforms }, report) {
  mkdirSync(workdir, { recursive: true });
  const children = new Set();
  const withChildren = (call) => (command, args, options) => call(command, args, { children, ...options });
  const exec = withChildren(processes.exec);
  const mustExec = withChildren(processes.mustExec);
  const startServer = (args, options) => processes.startServer(args, { children, ...options });

  let cells = 0;
  const cell = async (title, test) => {
    cells += 1;
    await record(`${program.name}: ${title}`, test, report);
  };
  const skip = (reason) => {
    throw new Skip(reason);
  };
  const context = {
    tarball,
    project,
    workdir,
    platforms,
    install: createInstaller({ tarball, workdir, mustExec }),
    exec,
    mustExec,
    startServer,
    cell,
    skip,
    log: (text) => report.log(`${program.name}: ${text}`),
  };

  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  try {
    const note = await program.run(context);
    if (cells === 0) report.ok(program.name, seconds(), note);
  } catch (error) {
    if (error instanceof Skip) report.skip(program.name, error.message);
    else report.fault(program.name, seconds(), error);
  } finally {
    processes.killChildren(children);
  }
}

async function record(title, test, report) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  try {
    const note = await test();
    report.ok(title, seconds(), note);
  } catch (error) {
    if (error instanceof Skip) report.skip(title, error.message);
    else report.fault(title, seconds(), error);
  }
}
