/**
 * Cost of recording a value compared with `JSON.stringify`, in alternating rounds, medians; the same as bytes compared with
 * `JSON.stringify` and its encoding, of values that were not seen before; and expensive values.
 * Run: `npm run build && node test/bench/serialize.mjs [path of the built serializer.js]`
 */
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { freshValues } from './peers/app/steps.mjs';
import { bootstrap, medianOf, ratioOfMedians } from './support/statistics.mjs';

const built = process.argv[2] ?? 'dist/libs/trace/src/serialize/serializer.js';
const { createSerializer } = await import(pathToFileURL(resolve(built)).href);
const { json, bytes } = createSerializer();

const SPANISH =
  'Quiero agendar una cita para el lunes por la tarde, ¿tienen horarios disponibles? Prefiero después de las cinco. ';
const ENGLISH =
  'You are a helpful assistant that books appointments.\nAsk for the day first; offer at most three slots, and say the price only when asked. ';

const webhook = (pad) => ({
  type: 'InboundMessage',
  locationId: 'l1C08ntBrFjLS0elLIYU',
  contactId: 'z49hFQn0DxOX5sInJg60',
  body: 'Quiero agendar una cita',
  direction: 'inbound',
  ...pad,
});
const contact = { id: 'z49hFQn0DxOX5sInJg60', name: 'María López', phone: '+5215512345678', tags: ['lead', 'vip'] };

const CASES = {
  'webhook 200 B': webhook({}),
  'webhook 2 KB': webhook({
    contact: {
      ...contact,
      customFields: Array.from({ length: 22 }, (_, i) => ({ id: `f_${i}`, value: `valor ${i}`, n: i * 7 })),
    },
    message: { type: 3, body: SPANISH.repeat(3), dateAdded: '2024-01-20T14:30:22.123Z' },
    attachments: [],
  }),
  'LLM call 2 KB': llm(6, 1),
  'LLM call 20 KB': llm(24, 6),
  'records 20 KB': {
    count: 110,
    rows: Array.from({ length: 110 }, (_, i) => ({
      id: i,
      contact_id: 'z49hFQn0DxOX5sInJg60',
      lead_score: i % 10,
      agent: 'sofia',
      status: 'completed',
      created_at: 1705761022123 + i,
      note: 'Prefiere los lunes por la tarde',
      done: i % 2 === 0,
    })),
  },
};

function llm(count, length) {
  return {
    model: 'gpt-5-mini',
    temperature: 0.2,
    max_tokens: 1024,
    messages: Array.from({ length: count }, (_, i) => ({
      role: i === 0 ? 'system' : i % 2 ? 'user' : 'assistant',
      content: (i % 2 ? SPANISH : ENGLISH).repeat(length),
    })),
    usage: { prompt_tokens: 512, completion_tokens: 64, total_tokens: 576 },
  };
}

const time = (fn, times) => {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) fn();
  return Number(process.hrtime.bigint() - start) / times;
};
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

console.log('case              chars   native µs   ours µs   ratio');
for (const [name, value] of Object.entries(CASES)) {
  const chars = JSON.stringify(value).length;
  if (json(value) !== JSON.stringify(value)) throw new Error(`${name}: not the same JSON`);
  // Rounds of about 0.1 ms: shorter than the time slice after which a busy machine switches to another process.
  const times = Math.ceil(4e4 / chars);
  const native = () => JSON.stringify(value);
  const ours = () => json(value);
  for (let i = 0; i < 500; i++) (time(native, times), time(ours, times));
  const rounds = Array.from({ length: 1_001 }, () => [time(native, times), time(ours, times)]);
  const a = median(rounds.map(([x]) => x)) / 1000;
  const b = median(rounds.map(([, x]) => x)) / 1000;
  const row = [name.padEnd(17), String(chars).padStart(5), a.toFixed(2).padStart(11), b.toFixed(2).padStart(9)];
  console.log(...row, (b / a).toFixed(2).padStart(7));
}

/** Values of which each round has new ones: what a request of `bench -- app` records, and tables by article number. */
const FRESH = {
  'a request, 38 KB': (n) => Object.values(freshValues(n)).flat(),
  '10,000 keys': (n) => [
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`SKU-${(i * 7919 + n) % 1e6}-${i}`, { stock: i }])),
  ],
  '10,000 dates': (n) => [
    Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [new Date(1.7e12 + (n * 1e4 + i) * 6e4).toISOString(), i]),
    ),
  ],
  '10,000 ids': (n) => [
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [((n + 1) * 1e9 + i * 7919).toString(36), 'in stock'])),
  ],
};
const ROUNDS = 60;

console.log('\nas bytes, new values  native µs   ours µs   ratio [95%]');
for (const [name, make] of Object.entries(FRESH)) {
  const rounds = [];
  for (let n = 0; n < ROUNDS + 20; n += 1) {
    const runs = [
      ['native', () => make(2 * n).map((value) => () => Buffer.from(JSON.stringify(value)))],
      ['ours', () => make(2 * n + 1).map((value) => () => bytes(value))],
    ];
    const round = {};
    for (const [which, prepare] of n % 2 === 0 ? runs : runs.toReversed()) {
      const works = prepare();
      round[which] = time(() => works.forEach((work) => work()), 1) / 1000;
    }
    if (n >= 20) rounds.push(round);
  }
  const [native, ours] = [({ native: value }) => value, ({ ours: value }) => value];
  const { value, low, high } = bootstrap(rounds, (some) => ratioOfMedians(some, ours, native));
  const columns = [medianOf(rounds, native).toFixed(1).padStart(12), medianOf(rounds, ours).toFixed(1).padStart(9)];
  console.log(name.padEnd(19), ...columns, `  ${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`);
}

const deep = (levels) => {
  let value = {};
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
};
const dag = (levels) => {
  let value = { end: true };
  for (let i = 0; i < levels; i++) value = { left: value, right: value };
  return value;
};
const holes = [1];
holes[30_000_000] = 1;
const BOMBS = {
  'depth 5,000': deep(5_000),
  'depth 20,000': deep(20_000),
  '30 M holes, sparse': holes,
  '30 M holes, allocated': new Array(30_000_000),
  'DAG 2^22': dag(22),
  'text of 100 MB': Buffer.alloc(100_000_000, 'a').toString('latin1'),
  'text of 100 MB, a rope': 'abcdefghij'.repeat(10_000_000),
  '1 M elements': Array.from({ length: 1_000_000 }, (_, i) => i),
  'a million bytes': Buffer.alloc(1_000_000),
  '100 k keys': Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])),
  '1 M keys': Object.fromEntries(Array.from({ length: 1_000_000 }, (_, i) => [`k${i}`, i])),
  '1 M map entries': new Map(Array.from({ length: 1_000_000 }, (_, i) => [i, i])),
};
console.log('\nbomb                        ms    bytes');
for (const [name, value] of Object.entries(BOMBS)) {
  const start = performance.now();
  const text = json(value);
  console.log(
    name.padEnd(24),
    (performance.now() - start).toFixed(2).padStart(7),
    String(Buffer.byteLength(text)).padStart(8),
  );
}
