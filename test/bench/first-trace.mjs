/**
 * The way of a new user, with a stopwatch: a project of `nest new` (Nest 11 and 12) with a controller for webhooks, then
 * what a person types until the first trace is on the screen, with npm, pnpm and yarn: install, `nest add`, build, start,
 * a webhook, `npx nestjs-trace-collector last`. Prints one row per way: commands, seconds, warnings that name the package,
 * and the bytes added to `node_modules`. Exits with 1 where a step failed.
 * `npm run bench -- first-trace [--only npm] [--nest 12] [--node BIN]`: needs the registry of npm; `--node` is the folder
 * of a newer Node, which pnpm 12 needs.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { newerNode } from '../matrix/loading/installation.mjs';
import { pack } from '../matrix/frame/pack.mjs';
import { exec, killChildren, mustExec } from '../matrix/frame/processes.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: ['npm', 'pnpm', 'yarn'] },
    nest: { type: 'string', multiple: true, default: ['11', '12'] },
    node: { type: 'string' },
  },
});

/** How each manager is called, adds a file, and names a project that may run prebuilt code of Nest's own tools. */
const MANAGERS = {
  npm: {
    command: ['npm'],
    install: ['install', '--no-audit', '--no-fund'],
    add: ['install', '--no-audit', '--no-fund'],
  },
  pnpm: { command: ['npx', '--yes', 'pnpm@12'], install: ['install'], add: ['add'], allow: true },
  yarn: { command: ['npx', '--yes', '-p', '@yarnpkg/cli-dist@4', 'yarn'], install: ['install'], add: ['add'] },
};

const CONTROLLER = `import { Controller, Get, HttpCode, Post } from '@nestjs/common';

@Controller()
export class AppController {
  @Get()
  hello(): string {
    return 'hello';
  }

  @Post('webhook')
  @HttpCode(202)
  receive(): { ok: boolean } {
    return { ok: true };
  }
}
`;

const project = fileURLToPath(new URL('../..', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'first-trace-'));
const path = `${flags.node ?? (await newerNode())}:${process.env.PATH}`;
const env = { PATH: path, CI: 'true', YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' };

try {
  const tarball = await pack(project, root);
  const rows = [];
  for (const nest of flags.nest) {
    for (const manager of flags.only) rows.push(await firstTrace(nest, manager, tarball));
  }
  console.log(
    '| Nest | manager | commands | seconds | warnings | added, MB | first trace |\n|---|---|---|---|---|---|---|',
  );
  for (const row of rows) console.log(`| ${Object.values(row).join(' | ')} |`);
  process.exitCode = rows.every(({ seen }) => seen === 'seen') ? 0 : 1;
} finally {
  killChildren();
  rmSync(root, { recursive: true, force: true });
}

async function firstTrace(nest, manager, tarball) {
  const { command, install, add, allow } = MANAGERS[manager];
  const cwd = await generate(nest, manager);
  const call = (args, options) => typed([...command, ...args], { cwd, ...options });
  if (allow) writeFileSync(join(cwd, 'pnpm-workspace.yaml'), 'strictDepBuilds: false\n');
  if (manager === 'yarn') {
    writeFileSync(join(cwd, '.yarnrc.yml'), 'nodeLinker: node-modules\nenableScripts: false\n');
    writeFileSync(join(cwd, 'yarn.lock'), '');
  }
  await mustExec(command[0], [...command.slice(1), ...install], { cwd, env });
  const before = bytesIn(join(cwd, 'node_modules'));

  const began = performance.now();
  const outputs = [];
  let commands = 0;
  const step = async (run) => {
    commands += 1;
    outputs.push(await run());
  };
  const file = manager === 'yarn' ? `nestjs-trace-collector@file:${tarball}` : `file:${tarball}`;
  await step(() => call([...add, file]));
  const added = bytesIn(join(cwd, 'node_modules')) - before;
  await step(() => typed(['npx', '--no', 'nest', 'add', 'nestjs-trace-collector', '--skip-install'], { cwd }));
  await step(() => call(['run', 'build']));
  const port = await freePort();
  const server = exec('node', ['dist/main.js'], { cwd, env: { ...env, PORT: String(port) }, timeoutSeconds: 120 });
  commands += 1;
  await listening(port);
  commands += 1;
  const response = await fetch(`http://localhost:${port}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contactId: 'ana', body: 'hola' }),
  });
  const last = await typed(['npx', '--no', 'nestjs-trace-collector', 'last'], { cwd });
  commands += 1;
  const seconds = (performance.now() - began) / 1_000;
  killChildren();
  outputs.push((await server).stderr);
  const warnings = outputs
    .join('\n')
    .split('\n')
    .filter((line) => /nestjs-trace-collector/.test(line) && /warn|peer|deprecat|error/i.test(line));
  for (const warning of warnings) console.error(`Nest ${nest}, ${manager}: ${warning}`);
  const seen =
    response.status === 202 && /ana/.test(last) && /Received: 'hola'/.test(last) ? 'seen' : `NOT seen: ${last}`;
  return {
    nest,
    manager,
    commands,
    seconds: seconds.toFixed(1),
    warnings: warnings.length,
    added: (added / 1e6).toFixed(1),
    seen,
  };
}

/** A project as `nest new --skip-install` makes it, with a route for webhooks. */
async function generate(nest, manager) {
  const tool = join(root, `generator-${nest}`);
  if (!existsSync(tool)) {
    mkdirSync(tool);
    writeFileSync(
      join(tool, 'package.json'),
      JSON.stringify({ private: true, dependencies: { '@nestjs/cli': `^${nest}.0.0` } }),
    );
    await mustExec('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: tool, env });
  }
  const name = `app-${manager}`;
  const schematics = join(tool, 'node_modules/@angular-devkit/schematics-cli/bin/schematics.js');
  const args = ['@nestjs/schematics:application', `--name=${name}`, `--package-manager=${manager}`, '--language=ts'];
  await mustExec('node', [schematics, ...args], { cwd: tool, env });
  const cwd = join(tool, name);
  writeFileSync(join(cwd, 'src/app.controller.ts'), CONTROLLER);
  const module = readFileSync(join(cwd, 'src/app.module.ts'), 'utf8');
  if (!/imports: \[\]/.test(module)) throw new Error(`The generated module looks otherwise:\n${module}`);
  return cwd;
}

async function typed([command, ...args], { cwd }) {
  const { stdout, stderr } = await mustExec(command, args, { cwd, env, timeoutSeconds: 600 });
  return stdout + stderr;
}

/** Polls with a deadline: a generated application prints its address in no fixed form. */
async function listening(port) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const up = await fetch(`http://localhost:${port}/`).then(
      () => true,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nothing listens on port ${port}`);
}

async function freePort() {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function bytesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0);
}
