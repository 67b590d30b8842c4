/**
 * Cost of one open stream for the application, by the number of segments: an application with a journal of N segments
 * records traces at a steady rate, and this process reads its stream. Two more processes share the directory and are
 * idle, like the others of a cluster.
 * One line of JSON for each number on stdout, and a table on stderr: the event loop's use and delay (resolution 1 ms)
 * without a client, in the first seconds of a client, and after them.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask, said } from './ask-server.mjs';
import { RecordEncoder } from '../../../dist/libs/trace/src/journal/codec/codec.js';
import { segmentFile } from '../../../dist/libs/trace/src/journal/codec/format.js';
import { JournalWriter } from '../../../dist/libs/trace/src/journal/write/writer.js';

/** The first client reads names and ends of all segments once. */
const WARM_MS = 4_000;
/** The index of the segments is built before anything is measured. */
const INDEX_MS = 180_000;

/** Returns whether the bounds hold: use within 0.05 of each other, a delay of at most 20 ms in 99 of 100. */
export async function measureSegments(counts, { rate, seconds }) {
  const results = [];
  for (const count of counts) {
    const result = {
      bench: 'stream',
      segments: count,
      traces_per_second: rate,
      ...(await measure(count, rate, seconds)),
    };
    console.log(JSON.stringify({ ...result, node: process.version }));
    results.push(result);
  }
  const used = results.map(({ client }) => client.utilization);
  const spread = Math.max(...used) - Math.min(...used);
  const delay = Math.max(...results.map(({ client }) => client.p99));
  const rows = results.map(({ segments, idle, first, client }) =>
    [segments, idle.utilization, client.utilization, client.p99, client.max, first.p99, first.max]
      .map((value) => String(value).padStart(9))
      .join(''),
  );
  console.error(` segments  no use      use   p99 ms   max ms  1st p99  1st max\n${rows.join('\n')}`);
  console.error(`use differs by ${spread.toFixed(3)} (at most 0.05), p99 is at most ${delay} ms (20)`);
  return spread <= 0.05 && delay <= 20;
}

async function measure(segments, rate, seconds) {
  const dir = mkdtempSync(join(tmpdir(), 'bench-segments-'));
  // The lowest numbers are those of processes that live long and write little.
  const idle = [1, 2].map(() => new JournalWriter({ dir, minFreeBytes: 0 }));
  for (const writer of idle)
    writer.append({ kind: 'handler', trace: `${writer.writer.number}-1`, handler: 'idle', ts: 1 });
  writeSegments(dir, 3, segments);
  const server = fork(fileURLToPath(new URL('./stream-server.mjs', import.meta.url)), [dir]);
  try {
    const { url } = await said(server, 'url');
    await untilIndexed(url);
    server.send({ traces: rate });
    await ask(server, 'loop');
    await pause((seconds * 1_000) / 2);
    const alone = await ask(server, 'loop');
    let bytes = 0;
    const stream = get(`${url}/debug/stream`, { agent: false }, (response) => {
      response.on('data', (chunk) => (bytes += chunk.length)).on('error', () => undefined);
    });
    stream.on('error', () => undefined);
    await pause(WARM_MS);
    const first = await ask(server, 'loop');
    await pause(seconds * 1_000);
    const client = await ask(server, 'loop');
    const { sent } = await ask(server, 'stop');
    stream.destroy();
    if (bytes === 0) throw new Error('nothing came over the stream');
    return { idle: alone, first, client, traces: sent, bytes_per_trace: Math.round(bytes / sent) };
  } finally {
    server.kill();
    for (const writer of idle) writer.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Sealed segments of a dead process, a trace in each. */
function writeSegments(dir, from, to) {
  const encoder = new RecordEncoder();
  mkdirSync(join(dir, 'journal'), { recursive: true });
  const start = Date.now() * 1_000 - to * 60_000_000;
  for (let number = from; number <= to; number += 1) {
    const ts = start + number * 60_000_000;
    const trace = `3-${number}`;
    const id = `contact_${number}`;
    const writer = { writer: 3, writer_id: '', process: '1-0-0', pid: 2 ** 30, host: 'bench' };
    const header = { kind: 'segment', format: 2, ...writer, version: '0' };
    const drafts = [
      { ...header, ts },
      { kind: 'open', trace, id, traceparent: '', method: 'POST', path: '/webhook', ts },
      { kind: 'identify', trace, id, contact: 'contact', message: 'hola', ts },
      { kind: 'end', trace, status: 'completed', ts: ts + 1_000 },
      { kind: 'seal', ts: ts + 2_000 },
    ];
    const lines = drafts.map((draft, seq) => Buffer.from(encoder.buffer.subarray(0, encoder.encode(draft, seq + 1))));
    writeFileSync(join(dir, 'journal', segmentFile(number)), Buffer.concat(lines));
  }
}

async function untilIndexed(url) {
  for (const began = performance.now(); performance.now() - began < INDEX_MS; await pause(200)) {
    const { journal } = await (await fetch(`${url}/debug/health`)).json();
    if (journal.lag === 0) return;
  }
  throw new Error('the index was not complete in time');
}
