import { createHash } from 'node:crypto';
import { MemoryStore } from '../store/memory/memory-store.js';
import { eraseHere } from './erase-here.js';

const T = 1_700_000_000_000_000;

function storeWith(...traces: [contact: string, startedAt: number][]): MemoryStore {
  const store = new MemoryStore();
  for (const [n, [contact, ts]] of traces.entries()) {
    const trace = `1-${n}`;
    store.sink.append({ kind: 'open', trace, id: `${contact}_${n}`, traceparent: '', ts });
    store.sink.append({ kind: 'identify', trace, id: `${contact}_${n}`, contact, ts });
    store.sink.append({ kind: 'end', trace, status: 'completed', ts });
  }
  return store;
}

const contactsIn = async (store: MemoryStore): Promise<string[]> =>
  (await store.list({ limit: 500 })).heads.map(({ contactId }) => contactId).sort();
const contactHash = createHash('sha256').update('ana').digest('hex');

describe('an erasure of another instance', () => {
  it.each([['ana'], [null]])('erases the contact %s from the directory', async (contactId) => {
    const store = storeWith(['ana', T], ['ben', T + 1], ['ana', T + 2]);
    await eraseHere(store, { id: 1, contactId, contactHash, until: T + 10 });
    expect(await contactsIn(store)).toEqual(['ben']);
  });

  it('finds a contact by its hash among many', async () => {
    const others = Array.from({ length: 700 }, (_, n): [string, number] => [`c${n}`, T + n]);
    const store = storeWith(['ana', T], ...others);
    await eraseHere(store, { id: 1, contactId: null, contactHash, until: T + 10 });
    expect((await store.stats.counts()).total).toBe(700);
  });

  it('leaves a contact that only wrote later', async () => {
    const store = storeWith(['ana', T + 20], ['ana', T + 30]);
    await eraseHere(store, { id: 1, contactId: 'ana', contactHash, until: T + 10 });
    expect(await contactsIn(store)).toEqual(['ana', 'ana']);
  });

  it('is fulfilled where the contact is not there', async () => {
    const store = storeWith(['ben', T]);
    await eraseHere(store, { id: 1, contactId: null, contactHash, until: T + 10 });
    expect(await contactsIn(store)).toEqual(['ben']);
  });
});
