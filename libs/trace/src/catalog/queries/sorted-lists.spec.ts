import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomConditions, randomTraces } from '../../../../../test/support/random-traces.js';
import { JournalWriter } from '../../journal/write/writer.js';
import { keyPrefix } from '../../model/trace-key.js';
import { wallNow } from '../../model/timers.js';
import type { TraceConditions } from '../../model/trace-search.js';
import { Catalog } from '../catalog.js';
import { listSorted } from './sorted-lists.js';
import { listTraces } from './trace-lists.js';
import { byPlace, pageOrder, placeOf } from './trace-order.js';

const TRACES = 1_000;
const PAGE = 120;
const SORTS = ['duration', 'cost'] as const;

describe('sorted lists of random traces', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sorted-'));
  const start = (Math.floor(wallNow() / 86_400_000) - 5) * 86_400_000_000;
  let catalog: Catalog;

  beforeAll(() => {
    const writer = new JournalWriter({ dir });
    for (const draft of randomTraces(3, TRACES, keyPrefix(writer.writer), start)) writer.append(draft);
    writer.close();
    catalog = new Catalog({ dir });
    while (!catalog.catchUp(1_000));
  });
  afterAll(() => {
    catalog.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Keys in their order, as the values of all traces that match give them. */
  const expected = (filter: TraceConditions, sort: (typeof SORTS)[number]): string[] =>
    catalog.read((tx) => {
      const order = pageOrder(sort, undefined);
      const { heads } = listTraces(tx, filter, 2 * TRACES);
      return heads
        .map((head) => placeOf(order, head))
        .sort(byPlace)
        .map(({ key }) => key);
    });

  /** Keys page by page; `few` chooses between the index of the values and that of the filter. */
  const paged = (filter: TraceConditions, sort: (typeof SORTS)[number], few: number): string[] =>
    catalog.read((tx) => {
      const keys: string[] = [];
      for (let before: string | undefined; ;) {
        const { heads, next, partial } = listSorted(tx, filter, sort, PAGE, before, few);
        expect(partial).toBeUndefined();
        keys.push(...heads.map(({ key }) => key));
        if (next === null) return keys;
        before = next;
      }
    });

  it.each(SORTS)('by %s have all traces once, in the order of their values, by either index', (sort) => {
    for (const filter of [{}, ...randomConditions(11, 24, start)]) {
      const keys = expected(filter, sort);
      for (const few of [0, 5_000])
        expect({ filter, few, keys: paged(filter, sort, few) }).toEqual({ filter, few, keys });
    }
  });
});
