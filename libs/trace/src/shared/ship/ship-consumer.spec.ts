import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { MemoryTarget } from '../../../../../test/support/memory-target.js';
import { guideStory, Story } from '../../../../../test/support/story.js';
import { Catalog } from '../../catalog/catalog.js';
import { MAX_MESSAGE } from '../../catalog/tables/trace-row.js';
import { segmentFile } from '../../journal/codec/format.js';
import { overwriteLines } from '../../journal/write/overwrite.js';
import { JournalWriter } from '../../journal/write/writer.js';
import type { RecordDraft, TraceRecord } from '../../model/record.js';
import { keyPrefix } from '../../model/trace-key.js';
import { ConsumerHost } from '../../pipeline/consumer-host.js';
import { contactHash } from './erased-contacts.js';
import { ShipConsumer } from './ship-consumer.js';
import { uniqueKey } from './unique-key.js';

let dir: string;
let target: MemoryTarget;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ship-'));
  target = new MemoryTarget();
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const draftOf = ({ seq: _seq, ...draft }: TraceRecord): RecordDraft => {
  const texts = Object.entries(draft).map(([name, value]) => [name, PAYLOADS.has(name) ? json(value) : value]);
  return Object.fromEntries(texts) as RecordDraft;
};
const PAYLOADS = new Set(['data', 'input', 'output', 'body', 'cause', 'context', 'detail']);
const json = (value: unknown): unknown => (value === undefined ? undefined : JSON.stringify(value));

function newConsumer(more: Partial<ConstructorParameters<typeof ShipConsumer>[0]> = {}): ShipConsumer {
  const sourceOf: ConstructorParameters<typeof ShipConsumer>[0]['sourceOf'] = ({ id, host, pid, version = '?' }) => ({
    writer: id,
    instance: host,
    host,
    pid,
    version,
    isOwn: false,
  });
  return new ShipConsumer({ dir, target, sourceOf, prices: () => undefined, ...more });
}

/** Ships what the directory has. */
async function shipAll(consumer = newConsumer()): Promise<ShipConsumer> {
  const host = new ConsumerHost({ dir, consumers: [consumer], reads: 'all' });
  for (let lag = -1; lag !== 0;) {
    lag = host.states()[0]!.lag_bytes;
    if (lag !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await host.close();
  return consumer;
}

const segments = (): string[] => readdirSync(join(dir, 'journal')).map((name) => join(dir, 'journal', name));
const traceLines = (): string[] =>
  segments()
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) => line.includes('"trace":'))
    .sort();

/** Writes stories into the journal, each under a key of the process. */
function write(writer: JournalWriter, ...stories: Story[]): void {
  for (const { records } of stories) for (const record of records) writer.append(draftOf(record));
}

/** Heads of the embedded catalog, with the message as lists have it. */
function catalogHeads(): unknown[] {
  const catalog = new Catalog({ dir });
  try {
    catalog.catchUp(60_000);
    return catalog.list({}, 1000, undefined).heads.sort((a, b) => (a.key < b.key ? -1 : 1));
  } finally {
    catalog.close();
  }
}

const shippedHeads = (): unknown[] =>
  [...target.heads.values()].map(({ head }) => head).sort((a, b) => (a.key < b.key ? -1 : 1));

describe('lines', () => {
  it('are shipped as they are in the journal, each once, with the place behind them', async () => {
    const writer = new JournalWriter({ dir, maxSegmentBytes: 2_000 });
    const prefix = keyPrefix(writer.writer);
    for (let n = 1; n <= 20; n += 1) write(writer, guided(`${prefix}-${n}`));
    writer.close();
    await shipAll();
    expect(target.lines().sort()).toEqual(traceLines());
    expect(segments().length).toBeGreaterThan(3);
    const last = target.batches.at(-1)!;
    expect(target.sources.get(writer.writer.id)!.at).toEqual(last.to);
    expect(last.to.offset).toBe(readFileSync(segments().at(-1)!).length);
    for (const { chunks } of target.batches) expect(new Set(chunks.map(({ key }) => key)).size).toBe(chunks.length);
  });

  it('are in batches of 4 MiB at most', async () => {
    const writer = new JournalWriter({ dir });
    const prefix = keyPrefix(writer.writer);
    const story = new Story(`${prefix}-1`).open();
    for (let n = 0; n < 60; n += 1) story.event('step', { text: 'x'.repeat(200_000) });
    write(writer, story);
    writer.close();
    await shipAll();
    expect(target.batches.length).toBeGreaterThan(2);
    for (const { from, to } of target.batches) expect(to.offset - from.offset).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(target.lines().length).toBe(61);
  });

  it('that are erased between reading and shipping are left out', async () => {
    const writer = new JournalWriter({ dir });
    write(writer, guided(`${keyPrefix(writer.writer)}-1`));
    writer.close();
    const [path] = segments() as [string];
    const consumer = newConsumer();
    const { consume } = consumer;
    consumer.consume = (batch) => {
      overwriteLines(path, batch.lines.slice(3, 5));
      return consume.call(consumer, batch);
    };
    await shipAll(consumer);
    expect(target.lines().sort()).toEqual(traceLines());
    expect(target.lines().length).toBe(guideStory().records.length - 2);
  });

  it('of copies that retention made are not shipped', async () => {
    const writer = new JournalWriter({ dir });
    write(writer, guided(`${keyPrefix(writer.writer)}-1`));
    writer.close();
    const before = traceLines().length;
    appendFileSync(join(dir, 'journal', segmentFile(9, true)), readFileSync(segments()[0]!));
    await shipAll();
    expect(target.lines().length).toBe(before);
  });

  it('that no program of ours wrote do not stop the others', async () => {
    const writer = new JournalWriter({ dir });
    const key = `${keyPrefix(writer.writer)}-1`;
    const strange = { kind: 'event', type: 'step', trace: key };
    const other = (n: number) => (fields: object) => ({ ts: 5, ...fields, trace: `${keyPrefix(writer.writer)}-${n}` });
    write(writer, new Story(key).open());
    const times = [{ ts: 1.5 }, { ts: -1 }, { ts: 1e300 }];
    const traces = [
      { trace: 7, ts: 5 },
      { trace: '\0', ts: 5 },
    ];
    const members = [
      { kind: 'span', attributes: 3, ts: 5 },
      other(3)({ kind: 'identify', id: 5 }),
      other(3)({ kind: 'contact', contact: 6 }),
      other(3)({ kind: 'end', status: 7 }),
      other(4)({ kind: 'span', type: 'tool', span: 's', name: 8 }),
      other(4)({ kind: 'event', facts: { tool: 9 } }),
    ];
    const strangers: object[] = [...times, ...traces, ...members];
    for (const more of strangers) {
      writer.append({ ...strange, ...more } as unknown as RecordDraft);
    }
    write(writer, new Story(`${keyPrefix(writer.writer)}-2`).open().end());
    writer.close();
    await shipAll();
    expect([...target.heads.keys()]).toEqual(expect.arrayContaining([key, `${keyPrefix(writer.writer)}-2`]));
    // The lines of all traces are there, also of those that no row can hold.
    expect(target.lines().length).toBeGreaterThan(4);
    for (const { head } of target.heads.values()) expect(Number.isSafeInteger(head.startedAt)).toBe(true);
  });
});

describe('after a failure', () => {
  const faults = fc.array(fc.constantFrom('down', 'lost', 'fenced', undefined), { maxLength: 12 });

  it('each line is there once, and each trace as if nothing had happened', async () => {
    const writer = new JournalWriter({ dir, maxSegmentBytes: 3_000 });
    const prefix = keyPrefix(writer.writer);
    for (let n = 1; n <= 12; n += 1) write(writer, guided(`${prefix}-${n}`));
    writer.close();
    await shipAll();
    const wanted = target.heads;
    await fc.assert(
      fc.asyncProperty(faults, async (list) => {
        target = new MemoryTarget();
        target.faults.push(...(list.filter(Boolean) as []));
        const consumer = newConsumer();
        await driven(consumer);
        expect(target.lines().sort()).toEqual(traceLines());
        expect(target.heads).toEqual(wanted);
      }),
      { numRuns: 25 },
    );
  });

  it('a process that goes on in the middle of a trace has the same trace', async () => {
    const writer = new JournalWriter({ dir });
    const key = `${keyPrefix(writer.writer)}-1`;
    const { records } = guided(key);
    for (let cut = 1; cut < records.length; cut += 1) {
      const own = records.map((record) => ({ ...record, trace: `${key}${cut}` }));
      for (const record of own.slice(0, cut)) writer.append(draftOf(record));
      await driven(newConsumer());
      for (const record of own.slice(cut)) writer.append(draftOf(record));
      await driven(newConsumer());
    }
    const all = [...target.heads.values()];
    expect(all.length).toBe(records.length - 1);
    const without = ({ head, ...rest }: (typeof all)[number]): unknown => ({
      ...rest,
      version: 0,
      search: rest.search.replaceAll(head.key, ''),
      head: { ...head, key: '' },
    });
    for (const trace of all) expect(without(trace)).toEqual(without(all[0]!));
    writer.close();
  });

  /** Delivers batches of changing sizes without a host, so that no time passes. */
  async function driven(consumer: ShipConsumer): Promise<void> {
    const { WriterChains } = await import('../../pipeline/writer-chains.js');
    const { SegmentCursor } = await import('../../pipeline/segment-cursor.js');
    for (const { identity, segments: files } of new WriterChains(dir).list().values()) {
      let at = await consumer.position(identity);
      for (let tries = 0, isDone = false; !isDone && tries < 100; tries += 1) {
        try {
          for (const file of files.filter(({ number }) => number >= at.segment)) {
            const from = file.number === at.segment ? at.offset : 0;
            const cursor = new SegmentCursor(file, { from, writer: identity.id, payloads: false });
            try {
              for (let batch = cursor.next(7); batch; batch = cursor.next(7 + (tries % 5))) {
                await consumer.consume(batch);
                if (batch.to % 3 === 0) await consumer.flush();
              }
            } finally {
              cursor.close();
            }
          }
          await consumer.flush();
          isDone = true;
        } catch {
          at = await consumer.position(identity);
        }
      }
    }
  }
});

describe('a shipped trace', () => {
  it('is the trace of the embedded catalog', async () => {
    const writer = new JournalWriter({ dir });
    const prefix = keyPrefix(writer.writer);
    write(writer, guided(`${prefix}-1`), rich(`${prefix}-2`), new Story(`${prefix}-3`).open());
    writer.close();
    await shipAll();
    expect(shippedHeads()).toEqual(catalogHeads());
    const { tags, search, uses, version } = target.heads.get(`${prefix}-2`)!;
    expect(version).toBeGreaterThan(10);
    expect(tags.filter((tag) => !tag.startsWith('old:')).toSorted()).toEqual([
      'agent:sofia',
      ...['Ana', 'Beto', 'Señora'].map((contact) => `contact:${contact}`),
      'fingerprint:book:no place left',
      'host:api.example.com',
      'link:earlier_trace',
      ...['gpt-9', 'gpt-9-mini'].map((model) => `model:${model}`),
      ...['sofia', 'supervisor'].map((name) => `route:${name}`),
      'sent:sent-1',
      ...['plan', 'plan=pro'].map((tag) => `tag:${tag}`),
      'tool:book',
    ]);
    expect(tags).toContain(`old:unknown_${prefix}-2`);
    expect(search.split('\n')).toEqual([
      'ana_20240120_143022_123457',
      'carla',
      'hola, ¿qué tal?',
      'beto',
      'señora',
      'book: error: no place left',
      'ana',
    ]);
    expect(uses.map(({ kind, name, n, errors, us }) => [kind, name, n, errors, us])).toEqual([
      ['hop', 'supervisor → sofia', 1, 0, 0],
      ['agent', 'sofia', 1, 0, 40_000],
      ['host', 'api.example.com', 1, 0, 20_000],
      ['model', 'gpt-9-mini', 1, 0, 20_000],
      ['tool', 'book', 1, 1, 5_000],
    ]);
  });

  it('is that of the embedded catalog for any records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps(), { minLength: 1, maxLength: 40 }), async (made) => {
        rmSync(dir, { recursive: true, force: true });
        mkdirSync(dir);
        target = new MemoryTarget();
        const writer = new JournalWriter({ dir });
        const prefix = keyPrefix(writer.writer);
        made.forEach((fields, i) =>
          writer.append({ ...fields, trace: `${prefix}-${fields.trace}`, ts: 1_700_000_000_000_000 + i } as never),
        );
        writer.close();
        await shipAll();
        expect(shippedHeads()).toEqual(catalogHeads());
      }),
      { numRuns: 40 },
    );
  });

  it('has its message as lists show it', async () => {
    const writer = new JournalWriter({ dir });
    const key = `${keyPrefix(writer.writer)}-1`;
    write(writer, new Story(key).open().identify({ message: `${'x'.repeat(600)} NeedLe` }));
    writer.close();
    await shipAll();
    const { head, search } = target.heads.get(key)!;
    expect(head.message!.length).toBe(MAX_MESSAGE);
    expect(search).toContain('needle');
  });

  it('is interrupted when another process says so, unless it went on', async () => {
    const dead = new JournalWriter({ dir });
    const [gone, alive] = [1, 2].map((n) => `${keyPrefix(dead.writer)}-${n}`) as [string, string];
    write(dead, new Story(gone).open(), new Story(alive).open());
    const other = new JournalWriter({ dir });
    await shipAll();
    const { startedAt } = target.heads.get(gone)!.head;
    for (const trace of [gone, alive]) {
      other.append({ kind: 'end', trace, status: 'interrupted', by: other.writer.number, ts: startedAt + 1 });
    }
    await shipAll();
    expect([gone, alive].map((key) => target.heads.get(key)!.head.status)).toEqual(['interrupted', 'interrupted']);
    const { version } = target.heads.get(alive)!;
    dead.append(draftOf({ ...new Story(alive).event('step').records[0]!, ts: startedAt + 5 } as TraceRecord));
    await shipAll();
    expect(target.heads.get(alive)!.head.status).toBe('active');
    expect(target.heads.get(alive)!.version).toBe(version + 1);
    expect(target.heads.get(gone)!.version).toBe(version - 1);
    dead.close();
    other.close();
  });

  it('of an unknown process is not made up from the end that another one wrote', async () => {
    const other = new JournalWriter({ dir });
    other.append({ kind: 'end', trace: '99x00000000-1', status: 'interrupted', by: other.writer.number, ts: 1 });
    other.close();
    await shipAll();
    expect(target.heads.size).toBe(0);
    expect(target.lines().length).toBe(1);
  });

  it('of journal format 1 gets a key that no other directory has', async () => {
    cpSync('test/support/journal-format-1', dir, { recursive: true });
    await shipAll();
    expect(target.lines().sort()).toEqual(traceLines());
    const writers = [...target.sources.keys()];
    expect(writers.length).toBe(3);
    for (const [key, { head }] of target.heads) {
      expect(key).toMatch(/^[123]x[0-9a-z]{8}-\d+$/);
      expect(head.key).toBe(key);
    }
    expect(shippedHeads().length).toBe(catalogHeads().length);
    expect(uniqueKey('7-1', '7-abcdef-12-34-56')).toMatch(/^7x[0-9a-z]{8}-1$/);
    expect(uniqueKey('7-1', '7-abcdef-12-34-56')).not.toBe(uniqueKey('7-1', '7-other-12-34-56'));
  });
});

describe('an erased contact', () => {
  it.each([
    ['its contact', { contact: 'ana' }],
    ['an alias', { contact: 'x', alias: 'ana' }],
    ['a further contact', { contact: 'x', contacts: ['x', 'ana'] }],
  ])('has no lines in the shared store: %s', async (_name, fields) => {
    const writer = new JournalWriter({ dir });
    const prefix = keyPrefix(writer.writer);
    const until = new Story().start;
    write(writer, new Story(`${prefix}-1`).open().identify(fields).event('step').end());
    write(writer, new Story(`${prefix}-2`).open().identify({ contact: 'beto' }).end());
    write(writer, new Story(`${prefix}-3`, 'id', until + 1).open().identify({ contact: 'ana' }).end());
    writer.close();
    const consumer = newConsumer();
    consumer.erased.add({ contactHash: contactHash('ana'), until });
    await shipAll(consumer);
    expect([...target.heads.keys()]).toEqual([`${prefix}-2`, `${prefix}-3`]);
    expect(target.lines().filter((line) => line.includes(`"trace":"${prefix}-1"`))).toEqual([]);
    expect(consumer.erased.leftOut).toBe(4);
  });

  it('is known by the name that a look-up gave or replaced', async () => {
    const writer = new JournalWriter({ dir });
    const prefix = keyPrefix(writer.writer);
    write(writer, new Story(`${prefix}-1`).open().identify({ contact: 'x' }).contact('ana').event('step').end());
    write(writer, new Story(`${prefix}-2`).open().identify({ contact: 'y' }).contact('z', 'ana').end());
    writer.close();
    const consumer = newConsumer();
    consumer.erased.add({ contactHash: contactHash('ana'), until: Number.MAX_SAFE_INTEGER });
    await shipAll(consumer);
    expect(target.lines()).toEqual([]);
    expect(target.heads.size).toBe(0);
  });
});

function guided(key: string): Story {
  const story = new Story(key);
  for (const record of guideStory().records) story.records.push({ ...record, trace: key });
  return story;
}

function rich(key: string): Story {
  return new Story(key, 'Ana_20240120_143022_123457')
    .open({ method: 'POST', path: '/w', link: 'earlier_trace' })
    .identify({
      contact: 'Ana',
      contacts: ['Ana', 'Beto'],
      alias: 'Señora',
      message: 'Hola, ¿QUÉ tal?',
      message_id: 'm1',
    })
    .event('agent_routing', { from: 'supervisor', to: 'sofia' })
    .event('trace_tag', undefined, { facts: { tag: { key: 'plan', value: 'pro' } } })
    .span('a1', 'agent', 'sofia')
    .span('l1', 'llm', 'gpt', { attributes: { 'gen_ai.request.model': 'gpt-9', 'server.address': 'api.example.com' } })
    .spanEnd('l1', 20, { usage: { model: 'gpt-9-mini', input: 10, output: 5 } as never })
    .span('t1', 'tool', 'book')
    .spanEnd('t1', 5, { outcome: 'error' })
    .error('book', 'no place left')
    .event('message_sent', { message: 'ok', message_id: 'sent-1' })
    .contact('Carla', 'Ana')
    .spanEnd('a1', 40)
    .response(200)
    .end();
}

function steps(): fc.Arbitrary<Record<string, unknown>> {
  const trace = fc.integer({ min: 1, max: 3 });
  const span = fc.constantFrom('s1', 's2', 's3');
  const name = fc.constantFrom('a', 'b', '__proto__');
  const late = fc.constantFrom(undefined, true);
  return fc.oneof(
    fc.record({ kind: fc.constant('open'), trace, id: fc.constant('x_1'), traceparent: fc.constant('') }),
    fc.record({ kind: fc.constant('identify'), trace, id: name, contact: name, message: fc.string() }),
    fc.record({ kind: fc.constant('event'), trace, type: fc.constantFrom('step', 'message_sent'), late }),
    fc.record({
      kind: fc.constant('span'),
      trace,
      span,
      name,
      type: fc.constantFrom('tool', 'agent', 'llm', 'step'),
      late,
    }),
    fc.record({
      kind: fc.constant('span_end'),
      trace,
      span,
      ms: fc.nat(1000),
      outcome: fc.constantFrom(undefined, 'error'),
    }),
    fc.record({ kind: fc.constant('error'), trace, location: name, type: name, message: name, fingerprint: name }),
    fc.record({ kind: fc.constant('response'), trace, status: fc.constantFrom(200, 500), ms: fc.nat(100) }),
    fc.record({ kind: fc.constant('end'), trace, status: fc.constantFrom('completed', 'error', 'timeout') }),
  );
}
