/**
 * One application with instrumentations of OpenTelemetry, in several orders of loading. Prints one line of JSON per cell:
 * `{ "cell", "fault"?, "note"? }`. Runs where the packages are installed, beside `services.json`.
 * Usage: node main.mjs [part of a cell's name]
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { verify } from './verify.mjs';

const only = process.argv[2] ?? '';
const services = JSON.parse(readFileSync('services.json', 'utf8'));
const application = fileURLToPath(new URL('application.mjs', import.meta.url));

/** What is loaded or made first, of: OpenTelemetry, our package, the libraries; and when the AI SDK's spans are asked for. */
const ORDERS = ['otel ours libraries', 'ours otel libraries', 'libraries ours otel', 'ours libraries otel'].flatMap(
  (order) => ['before', 'after'].map((telemetry) => ({ order, telemetry })),
);
const cells =
  services.sdk === 'sdk-1'
    ? [
        { order: 'otel ours libraries', telemetry: 'before', ai: true },
        { order: 'otel ours libraries', telemetry: 'before', ai: false },
      ]
    : [
        ...ORDERS.map((order) => ({ ...order, ai: true })),
        { order: 'otel ours libraries', telemetry: 'before', ai: false },
        { order: 'otel ours libraries', telemetry: 'before', ai: true, outgoing: false },
        { order: 'otel ours libraries', telemetry: 'own', ai: true },
      ];

const redis = await startRedis();
try {
  for (const cell of cells) {
    const name = `${services.sdk}: ${cell.order}, AI SDK's spans ${cell.telemetry} forRoot${cell.ai ? '' : ', capture.ai off'}${cell.outgoing === false ? ', capture.outgoing off' : ''}`;
    if (!name.includes(only)) continue;
    const line = { cell: name };
    try {
      const given = JSON.stringify({ ...cell, postgres: services.postgres, redis: redis?.port });
      const { stdout } = await promisify(execFile)(process.execPath, [application, given], { timeout: 60_000 });
      line.note = verify(JSON.parse(stdout.trim().split('\n').at(-1)), { ...cell, redis: redis !== undefined });
    } catch (error) {
      line.fault = String(error.stack ?? error).slice(0, 6_000);
    }
    console.log(JSON.stringify(line));
  }
} finally {
  redis?.process.kill();
}

async function startRedis() {
  if (spawnSync('redis-server', ['--version']).error) return undefined;
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const text of server.stdout) if (String(text).includes('Ready to accept')) break;
  return { process: server, port };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
