import type { CatalogPort } from '../../catalog-worker/catalog-port.js';
import { DirectoryStore } from './directory-store.js';

const EMPTY = { heads: [], cursors: [], next: null };
const SENTENCE = 'The index is 12 s behind (5.2 MB are not in it yet): the newest traces may be missing.';

/** A port whose lists lack something as long as `lacks` says so. */
class LaggingCatalog implements CatalogPort {
  lacks: string | undefined = SENTENCE;

  ask = (async (call: string) =>
    call === 'counts' ? { total: 0, active: 0, errors: 0 } : EMPTY) as CatalogPort['ask'];

  noting(note: (lacks: string) => void): CatalogPort {
    const ask = ((call: string) => {
      if (this.lacks !== undefined) note(this.lacks);
      return (this.ask as (name: string) => Promise<unknown>)(call);
    }) as CatalogPort['ask'];
    return { ask, nudge: () => undefined, close: async () => undefined };
  }

  nudge(): void {}

  async close(): Promise<void> {}
}

const stores: DirectoryStore[] = [];
afterEach(async () => void (await Promise.all(stores.splice(0).map((store) => store.close()))));

function opened(): { catalog: LaggingCatalog; store: DirectoryStore } {
  const catalog = new LaggingCatalog();
  const store = new DirectoryStore({ dir: '/nowhere', catalog });
  stores.push(store);
  return { catalog, store };
}

test('a question says when one of its answers may lack traces', async () => {
  const { store } = opened();
  const question = store.question();
  expect(question.degraded).toBeUndefined();
  expect(await question.list({ limit: 1 })).toBe(EMPTY);
  expect(question.degraded).toBe(SENTENCE);
});

test('so do the sums', async () => {
  const { store } = opened();
  const question = store.question();
  await question.stats!.counts();
  expect(question.degraded).toBe(SENTENCE);
});

test('another question, asked when the index has caught up, says nothing', async () => {
  const { catalog, store } = opened();
  await store.question().list({ limit: 1 });
  catalog.lacks = undefined;
  const later = store.question();
  await later.list({ limit: 1 });
  expect(later.degraded).toBeUndefined();
});

test('a port whose answers lack nothing leaves the store as it is', () => {
  const { catalog } = opened();
  const { ask } = catalog;
  const store = new DirectoryStore({
    dir: '/nowhere',
    catalog: { ask, nudge: () => undefined, close: async () => {} },
  });
  stores.push(store);
  expect(store.question()).toBe(store);
});
