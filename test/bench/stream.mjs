/**
 * `--segments 10,300,1000,3000`: cost of one open dashboard for the application, by the number of segments in the
 * journal. See `support/stream-segments.mjs`.
 * Without it: the stream under many readers: one application writes events at a steady rate, in a separate process, and
 * this one reads them over 100 and over 1,000 connections. Every reader checks that it receives every event once; one
 * of them stops reading for a while and then catches up.
 * `npm run bench -- stream [--clients 100,1000] [--rate 20] [--seconds 20]`: one line of JSON for each number of
 * clients, on stdout; exit code 1 when an event was lost or received twice.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ask, said } from './support/ask-server.mjs';

const { values: flags } = parseArgs({
  options: {
    clients: { type: 'string', default: '100,1000' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    segments: { type: 'string' },
  },
});
const rate = Number(flags.rate);
const seconds = Number(flags.seconds);
const EVENT = /"n":(\d+),"at":([\d.]+)/g;

if (flags.segments) {
  const { measureSegments } = await import('./support/stream-segments.mjs');
  if (!(await measureSegments(flags.segments.split(',').map(Number), { rate, seconds }))) process.exitCode = 1;
} else {
  for (const count of flags.clients.split(',').map(Number)) {
    const result = await measure(count);
    if (result.lost + result.duplicated > 0) process.exitCode = 1;
    console.log(JSON.stringify(result));
  }
}

async function measure(count) {
  const dir = mkdtempSync(join(tmpdir(), 'bench-stream-'));
  const server = fork(fileURLToPath(new URL('./support/stream-server.mjs', import.meta.url)), [dir]);
  try {
    const { url } = await said(server, 'url');
    const idle = await ask(server, 'usage');
    const readers = Array.from({ length: count }, () => ({
      last: 0,
      lost: 0,
      duplicated: 0,
      delivered: 0,
      delays: [],
    }));
    for (let n = 0; n < count; n += 50)
      await Promise.all(readers.slice(n, n + 50).map((reader) => connect(url, reader)));
    const connected = await ask(server, 'usage');
    server.send({ start: rate });
    // It reads nothing for half of the time: long enough to fill its socket, and the server's buffer for it.
    const slow = readers.at(-1);
    slow.response.pause();
    await sleep((seconds * 1_000) / 2);
    const behind = await ask(server, 'usage');
    slow.response.resume();
    await sleep((seconds * 1_000) / 2);
    const { sent } = await ask(server, 'stop');
    const stopped = performance.now();
    while (readers.some(({ last }) => last < sent) && performance.now() - stopped < 20_000) await sleep(20);
    const settledMs = Math.round(performance.now() - stopped);
    const after = await ask(server, 'usage');
    for (const reader of readers) reader.lost += sent - reader.last;
    const delays = readers.filter((reader) => reader !== slow).flatMap((reader) => reader.delays);
    const delivered = sum(readers, 'delivered');
    for (const { response } of readers) response.destroy();
    return {
      bench: 'stream',
      clients: count,
      events_per_second: rate,
      events: sent,
      delivered,
      lost: sum(readers, 'lost'),
      duplicated: sum(readers, 'duplicated'),
      delay_p50_ms: quantile(delays, 0.5),
      delay_p99_ms: quantile(delays, 0.99),
      slow_client: { paused_ms: (seconds * 1_000) / 2, lost: slow.lost, duplicated: slow.duplicated },
      settled_ms: settledMs,
      server_cpu_us_per_delivery: Math.round(((after.cpu - connected.cpu) / delivered) * 10) / 10,
      server_loop_p99_ms: after.loopP99,
      rss_mb: { idle: idle.rss, connected: connected.rss, half: behind.rss, end: after.rss },
      node: process.version,
    };
  } finally {
    server.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Opens one stream, and resolves once no message can be missed. */
function connect(url, reader) {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/debug/stream`, { agent: false }, (response) => {
      let rest = '';
      reader.response = response;
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        resolve();
        const end = (rest + chunk).lastIndexOf('\n\n');
        if (end === -1) return void (rest += chunk);
        take(reader, (rest + chunk).slice(0, end));
        rest = (rest + chunk).slice(end);
      });
      response.on('error', () => undefined);
    });
    request.on('error', reject);
  });
}

function take(reader, text) {
  const now = performance.timeOrigin + performance.now();
  for (const [, number, at] of text.matchAll(EVENT)) {
    const n = Number(number);
    if (n <= reader.last) {
      reader.duplicated += 1;
      continue;
    }
    reader.lost += n - reader.last - 1;
    reader.last = n;
    reader.delivered += 1;
    reader.delays.push(now - Number(at));
  }
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function sum(readers, key) {
  return readers.reduce((total, reader) => total + reader[key], 0);
}

function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] * 10) / 10;
}
