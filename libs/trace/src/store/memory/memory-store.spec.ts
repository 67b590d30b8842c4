import type { JournalRecord, RecordDraft } from '../../model/record.js';
import { storeContract, type ContractStore } from '../../testing/store-contract/store-contract.js';
import type { TraceStore } from '../port.js';
import { MemoryStore } from './memory-store.js';

describe('the contract, in memory', () => {
  for (const { name, run } of storeContract(() => new MemoryStore())) test(name, run);
});

describe('the contract, for a store without `feed` and `search`', () => {
  const open = (): ContractStore => {
    const inner = new MemoryStore();
    return { ...smallStore(inner), consumer: undefined, sink: inner.sink, stats: inner.stats, admin: inner.admin };
  };
  for (const { name, run } of storeContract(open)) test(name, run);
});

/** A store with the required members only, which receives its records as an application's own store does. */
function smallStore(inner = new MemoryStore()): TraceStore {
  return {
    freshness: { lagMs: 1 },
    list: (search) => inner.list(search),
    get: (id) => inner.get(id),
    getMany: (ids) => inner.getMany(ids),
    health: () => inner.health(),
    close: () => inner.close(),
    consumer: {
      name: 'small',
      consume: ({ records }) => {
        for (const record of records) inner.sink.append(draftOf(record));
      },
    },
  };
}

function draftOf(record: JournalRecord): RecordDraft {
  const { data } = record as { data?: unknown };
  return { ...record, ...(data !== undefined && { data: JSON.stringify(data) }) } as RecordDraft;
}

describe('the contract, for a store without any capability', () => {
  for (const { name, run } of storeContract(() => smallStore())) test(name, run);

  test('fails where a required member breaks a rule', async () => {
    const broken = (): TraceStore => ({ ...smallStore(), getMany: async () => [] });
    const failed: string[] = [];
    for (const { name, run } of storeContract(broken)) await run().catch(() => failed.push(name));
    expect(failed).toEqual([expect.stringContaining('in the order asked')]);
  });

  test('names what to add where a store receives no records', async () => {
    const { consumer: _, ...deaf } = smallStore();
    const [, second] = storeContract(() => deaf);
    await expect(second!.run()).rejects.toThrow('the store has no `consumer`, and no `sink`');
  });
});
