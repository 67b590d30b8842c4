import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryTarget } from '../../../../../test/support/memory-target.js';
import { Story } from '../../../../../test/support/story.js';
import { JournalWriter } from '../../journal/write/writer.js';
import { keyPrefix } from '../../model/trace-key.js';
import { delay } from '../../model/timers.js';
import type { PendingErasure } from '../ship-target.js';
import { contactHash } from './erased-contacts.js';
import { Shipping, type ShippingReport } from './shipping.js';

let dir: string;
let target: MemoryTarget;
let writer: JournalWriter;
let shipping: Shipping;
let reports: ShippingReport[];
let erased: PendingErasure[];
let eraseFails: boolean;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'shipping-'));
  target = new MemoryTarget();
  writer = new JournalWriter({ dir });
  reports = [];
  erased = [];
  eraseFails = false;
  shipping = opened();
});

afterEach(async () => {
  writer.close();
  await shipping.close(100);
  rmSync(dir, { recursive: true, force: true });
});

function opened(): Shipping {
  return new Shipping({
    dir,
    target,
    instance: 'one',
    service: 'bookings',
    prices: () => undefined,
    retention: { maxAgeMs: 1, errorMaxAgeMs: 1, maxBytes: undefined },
    onReport: (report) => reports.push(report),
    erase: async (erasure) => {
      if (eraseFails) throw new Error('the directory cannot be written');
      erased.push(erasure);
    },
  });
}

let traces = 0;
function record(contact = 'ana'): void {
  traces += 1;
  const key = `${keyPrefix(writer.writer)}-${traces}`;
  for (const { seq: _seq, ...draft } of new Story(key).open().identify({ contact }).end().records) {
    writer.append(draft as never);
  }
  tell();
}

function tell(): void {
  const { id, number } = writer.writer;
  const own = { id, number, host: hostname(), pid: process.pid, version: '9.9.9' };
  shipping.recorded(own, writer.position(), { low_space: 2 });
}

const until = async (check: () => unknown): Promise<void> => {
  while (!check()) await delay(5);
};
const erasure = (id: number, contact: string, until = Number.MAX_SAFE_INTEGER): PendingErasure => ({
  id,
  contactId: contact,
  contactHash: contactHash(contact),
  until,
});
const source = () => target.sources.get(writer.writer.id);

describe('the signs of life of a process', () => {
  it('begin with maintenance, which makes the tables, before anything is recorded', async () => {
    await until(() => target.calls.maintain);
    expect(target.sources.size).toBe(0);
    expect(reports.every(({ connected, stored }) => connected && stored === null)).toBe(true);
  });

  it('name the instance, and end with the rest and what was not recorded', async () => {
    record();
    await until(() => source()?.at.offset);
    expect(source()!.source).toMatchObject({ instance: 'one', service: 'bookings', isOwn: true });
    record();
    writer.close();
    await shipping.close(5_000);
    expect(target.lines().length).toBe(6);
    expect(source()!.pulses.at(-1)).toEqual({ lagBytes: 0, lostBytes: 0, dropped: { low_space: 2 }, closed: true });
    expect(target.isClosed).toBe(true);
  });

  it('go on in a new worker that finds everything shipped', async () => {
    record();
    await until(() => source()?.at.offset);
    await shipping.close(100);
    shipping = opened();
    tell();
    reports.length = 0;
    await until(() => reports.some(({ stored }) => stored !== null));
    expect(reports.at(-1)!.stored).toEqual(source()!.at);
    expect(target.lines().length).toBe(3);
  });
});

describe('a store that is away', () => {
  it('is reported with what waits, and gets it later', async () => {
    record();
    await until(() => source()?.at.offset);
    target.isDown = true;
    record();
    await until(() => reports.at(-1)!.connected === false && reports.at(-1)!.lagBytes > 0);
    expect(reports.at(-1)).toMatchObject({ lastError: 'the connection was refused', oldestUs: expect.any(Number) });
    target.isDown = false;
    await until(() => reports.at(-1)!.connected && reports.at(-1)!.lagBytes === 0);
    expect(target.lines().length).toBe(6);
    expect(reports.at(-1)!.oldestUs).toBeNull();
  });

  it('that answers questions but takes no batch stays reported as away', async () => {
    record();
    await until(() => source()?.at.offset);
    target.faults.push('down', 'down', 'down', 'down');
    record();
    await until(() => reports.some(({ connected }) => !connected));
    const from = reports.length;
    await until(() => target.faults.length === 0);
    await until(() => target.lines().length === 6);
    await until(() => reports.at(-1)!.connected);
    const states = reports.slice(from).map(({ connected }) => connected);
    expect(states.indexOf(true)).toBe(states.lastIndexOf(false) + 1);
  });

  it('does not keep a shutdown for longer than it may take', async () => {
    record();
    await until(() => source()?.at.offset);
    target.slow = new Promise(() => undefined);
    record();
    writer.close();
    await shipping.close(50);
    expect(target.isClosed).toBe(true);
  });
});

describe('an erasure of another instance', () => {
  it('is acknowledged when the directory has done it, and keeps its contact out', async () => {
    record();
    await until(() => source()?.at.offset);
    target.pending.push(erasure(1, 'beto'));
    await until(() => source()!.acknowledged.has(1));
    expect(erased.map(({ contactId }) => contactId)).toEqual(['beto']);
    const before = target.lines().length;
    record('beto');
    record('carla');
    await until(() => target.lines().length === before + 3);
    expect(target.lines().join()).not.toContain('"contact":"beto"');
  });

  it('is not acknowledged while the directory could not do it', async () => {
    eraseFails = true;
    record();
    await until(() => source()?.at.offset);
    target.pending.push(erasure(1, 'beto'));
    await until(() => (target.calls.erasures ?? 0) >= 3);
    expect(source()!.acknowledged.size).toBe(0);
    expect(target.calls.acknowledge).toBeUndefined();
  });
});
