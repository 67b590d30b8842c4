import { TraceCollectorError } from '../model/errors.js';
import type { RecordDraft, RecordSink } from '../model/record.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import type { StoreCapability, TraceStore } from '../store/port.js';
import type { StoredTrace, TraceHead, TracePage } from '../model/trace.js';
import { storeContract, type ContractStore } from '../testing/store-contract/store-contract.js';
import { SharedStore } from './shared-store.js';
import type { Shipper } from './shipper.js';

/** When what this process records comes into the shared store: at once, when a question asks for it, every other, never. */
type Shipping = 'at once' | 'when asked' | 'by half' | 'never';

function open(shipping: Shipping, without: readonly StoreCapability[]): ContractStore {
  const local = new MemoryStore();
  const remote = new MemoryStore();
  const waiting: RecordDraft[] = [];
  let recorded = 0;
  const ship = (): void => {
    for (const draft of waiting.splice(0)) remote.sink.append(draft);
  };
  const sink: RecordSink = {
    writer: local.sink.writer,
    append: (draft) => {
      recorded += 1;
      waiting.push(draft);
      // Of what is shipped by half, the shared store has the first records.
      if (shipping === 'at once' || (shipping === 'by half' && recorded % 3 === 0 && waiting.length === recorded))
        ship();
      return local.sink.append(draft);
    },
  };
  const shipper: Shipper = {
    state: { connected: true, sinceMs: 0, lagBytes: 0, lagMs: 0, lostBytes: 0, lastError: null },
    flush: async () => {
      if (shipping === 'when asked') ship();
      return waiting.length === 0;
    },
    onErasure: () => undefined,
    close: async () => undefined,
  };
  if (shipping === 'never') {
    const down = (): Promise<never> => Promise.reject(new TraceCollectorError('STORE_UNAVAILABLE', 'down'));
    Object.assign(remote, { list: down, search: down, get: down, getMany: down });
    Object.assign(remote.stats, { counts: down, sample: down, parts: down });
  }
  const store = new SharedStore({
    local,
    remote,
    shipper,
    position: () => (recorded === 0 ? undefined : { segment: 1, offset: recorded }),
    self: { instance: 'a', host: 'h', pid: 1, version: '1', writer: 'w' },
    kind: 'postgres',
    shown: 'postgres://db',
    keepLocalMs: 3_600_000,
    timeOf: () => '14:00:00',
  });
  // The contract is of the records; a shared store adds who recorded them, and that it was not asked.
  const head = ({ instance: _instance, ...of }: TraceHead): TraceHead => of;
  const page = ({ degraded: _degraded, ...of }: TracePage): TracePage => ({ ...of, heads: of.heads.map(head) });
  const trace = (stored: StoredTrace): StoredTrace => ({ ...stored, head: head(stored.head) });
  const plain: Partial<TraceStore> = {
    list: async (search) => page(await store.list(search)),
    search: async (search) => page(await store.search(search)),
    get: async (id) => {
      const stored = await store.get(id);
      return stored && trace(stored);
    },
    getMany: async (ids) => (await store.getMany(ids)).map(trace),
    ...(shipping === 'never' && { health: () => local.health() }),
  };
  const lacks = Object.fromEntries(without.map((name) => [name, { value: undefined }]));
  return Object.assign(Object.create(store, { sink: { value: sink }, ...lacks }) as ContractStore, plain);
}

describe.each<[Shipping, StoreCapability[]]>([
  ['at once', []],
  // Its feed and its sums are the shared store's: they have records when they are shipped.
  ['when asked', ['feed']],
  ['by half', ['feed', 'stats', 'admin']],
  // Nothing is deleted while it is out of reach, and streams wait for it.
  ['never', ['feed', 'admin']],
])('the store contract over a shared store that gets records %s', (shipping, without) => {
  for (const { name, run } of storeContract(() => open(shipping, without))) test(name, run);
});
