/**
 * Cost of capturing an event for the thread that serves requests: `traceEvent` inside a trace, with serialization,
 * redaction and the journal's write, beside `JSON.stringify` and `fs.writeSync` of the same data. Figures are CPU time of
 * that thread, by the kernel's count, never time on the clock. The two take turns in every round, in another order each
 * time; a ratio is of their medians, with the 95% bootstrap interval of the rounds. Each event has data of its own,
 * created before the reading.
 * `npm run bench -- capture [--rounds 15] [--node 20|24|26|path]`: one line of JSON for each size, on stdout.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, runInTrace, traceEvent } from 'nestjs-trace-collector';
import { wholeNumber } from './support/flags.mjs';
import { mainThreadCpuMs, rounded } from './support/measure.mjs';
import { nodeBinary } from './support/node-binary.mjs';
import { bootstrap, medianOf, ratioOfMedians } from './support/statistics.mjs';

const SIZES = [200, 2_000, 20_000];
/** Events of a reading: enough for tens of milliseconds, so that a tick of the kernel does not matter. */
const EVENTS = { 200: 8_000, 2000: 4_000, 20000: 800 };
/** Events of one trace, well below the number from which a trace is cut. */
const EVENTS_PER_TRACE = 500;
/** The first rounds are not counted: V8 compiles the code in them. */
const WARM_UP_ROUNDS = 2;

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, node: { type: 'string' } },
});
const rounds = wholeNumber('rounds', flags.rounds);
const node = nodeBinary(flags.node);
if (node !== process.execPath) {
  const self = fileURLToPath(import.meta.url);
  process.exit(spawnSync(node, [self, '--rounds', flags.rounds], { stdio: 'inherit' }).status ?? 1);
}

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
  const events = EVENTS[size];
  const measured = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const data = Array.from({ length: events }, (_, i) => payload(size, (round + WARM_UP_ROUNDS) * events + i));
    const turns = [
      ['ours', () => captured(data)],
      ['bare', () => written(data)],
    ];
    const result = {};
    for (const [name, run] of round % 2 === 0 ? turns : turns.reverse()) result[name] = await perEvent(events, run);
    if (round >= 0) measured.push(result);
  }
  const ratio = bootstrap(measured, (some) => ratioOfMedians(some, ours, bare));
  return {
    bench: 'capture',
    bytes: JSON.stringify(payload(size, 0)).length,
    events_per_round: events,
    rounds,
    capture_us: rounded(medianOf(measured, ours)),
    stringify_and_write_us: rounded(medianOf(measured, bare)),
    ratio: rounded(ratio.value),
    ratio_low: rounded(ratio.low),
    ratio_high: rounded(ratio.high),
    node: process.version,
  };
}

function ours(round) {
  return round.ours;
}

function bare(round) {
  return round.bare;
}

function captured(data) {
  for (let i = 0; i < data.length; i += EVENTS_PER_TRACE) {
    const some = data.slice(i, i + EVENTS_PER_TRACE);
    runInTrace({ contactId: 'bench', type: 'bench' }, () => {
      for (const item of some) traceEvent('bench', item);
    });
  }
}

function written(data) {
  for (const item of data) writeSync(file, `${JSON.stringify({ type: 'bench', data: item })}\n`);
}

/** Microseconds of the main thread per event, in one synchronous run: no other task gets the thread in between. */
async function perEvent(events, run) {
  const before = mainThreadCpuMs();
  run();
  const us = ((mainThreadCpuMs() - before) * 1_000) / events;
  ftruncateSync(file);
  // Another thread updates the index; waiting for it keeps rounds from accumulating.
  await pause(50);
  return us;
}

/** About `size` bytes as JSON: short fields around texts, parsed as what an application receives. */
function payload(size, n) {
  let text = `{"lead_score":${n % 10},"suggested_agent":"sofia","messages":[`;
  for (let i = 0; text.length < size - 60; i += 1) text += `${i === 0 ? '' : ','}${message(n, i)}`;
  return JSON.parse(`${text}]}`);
}

/** A message of a conversation, as JSON. */
function message(n, i) {
  const text = `¡Perfecto! Tengo estos horarios para tu cita de mañana, ¿cuál prefieres? ${n}`.slice((i * 7) % 34);
  const role = i % 2 ? 'assistant' : 'user';
  const flagsOf = '"flags":{"read":true,"forwarded":false}';
  return `{"id":"msg_${n}_${i}","role":"${role}","at":${1_705_761_022_000 + i},"text":"${text}",${flagsOf}}`;
}
