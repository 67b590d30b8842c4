/**
 * Cost of capturing an event for the thread that serves requests: `traceEvent` inside a trace, with serialization,
 * redaction and the journal's write, beside `JSON.stringify` and `fs.writeSync` of the same data. The two take turns in
 * every round, so that a machine that slows down slows both; a ratio is of one round, the result its median.
 * `npm run bench -- capture [--rounds N]`: one line of JSON for each size, on stdout.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, runInTrace, traceEvent } from 'nestjs-trace-collector';

const SIZES = [200, 2_000, 20_000];
const EVENTS = { 200: 2_000, 2000: 1_000, 20000: 300 };

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(flags.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds is '${flags.rounds}'; give a whole number above 0`);

const dir = mkdtempSync(join(tmpdir(), 'bench-capture-'));
const app = await startApplication(join(dir, 'traces'));
const file = openSync(join(dir, 'baseline.ndjson'), 'a');
try {
  for (const size of SIZES) console.log(JSON.stringify(await measure(size)));
} finally {
  closeSync(file);
  await app.close();
  rmSync(dir, { recursive: true, force: true });
}

function startApplication(traces) {
  class BenchModule {}
  Module({ imports: [TraceModule.forRoot({ storage: { dir: traces } })] })(BenchModule);
  return NestFactory.createApplicationContext(BenchModule, { logger: ['error', 'warn'] });
}

async function measure(size) {
  const data = payload(size);
  const events = EVENTS[size];
  const ours = [];
  const bare = [];
  for (let round = -2; round < rounds; round++) {
    const a = await perEvent(events, () => traceEvent('bench', data), true);
    const b = await perEvent(events, () => writeSync(file, `${JSON.stringify({ type: 'bench', data })}\n`), false);
    // The first two rounds warm the code up.
    if (round < 0) continue;
    ours.push(a);
    bare.push(b);
  }
  const ratios = ours.map((us, i) => us / bare[i]);
  return {
    bench: 'capture',
    bytes: JSON.stringify(data).length,
    events_per_round: events,
    rounds,
    capture_us: rounded(median(ours)),
    stringify_and_write_us: rounded(median(bare)),
    ratio: rounded(median(ratios)),
    ratio_min: rounded(Math.min(...ratios)),
    ratio_max: rounded(Math.max(...ratios)),
    node: process.version,
  };
}

/** Microseconds per call, in one synchronous run: no other task gets the thread in between. */
async function perEvent(events, once, inTrace) {
  const loop = () => {
    const start = performance.now();
    for (let i = 0; i < events; i++) once();
    return ((performance.now() - start) * 1_000) / events;
  };
  const us = inTrace ? runInTrace({ contactId: 'bench', type: 'bench' }, loop) : loop();
  // Another thread updates the index; waiting for it keeps rounds from accumulating.
  await new Promise((resolve) => setTimeout(resolve, 30));
  return us;
}

/** About `size` bytes as JSON: short fields around texts. */
function payload(size) {
  const data = { lead_score: 8, suggested_agent: 'sofia', messages: [] };
  while (JSON.stringify(data).length < size - 60) data.messages.push(message(data.messages.length));
  return data;
}

/** A message of a conversation. */
function message(i) {
  return {
    id: `msg_${i}`,
    role: i % 2 ? 'assistant' : 'user',
    at: 1_705_761_022_000 + i,
    text: '¡Perfecto! Tengo estos horarios para tu cita de mañana, ¿cuál prefieres? '.slice(0, 40 + ((i * 7) % 34)),
    flags: { read: true, forwarded: false },
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function rounded(value) {
  return Math.round(value * 100) / 100;
}
