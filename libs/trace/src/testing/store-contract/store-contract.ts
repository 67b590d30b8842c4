import type { TraceStore } from '../../store/port.js';
import { ADMIN_RULES } from './admin.rules.js';
import { ERROR_RULES } from './error.rules.js';
import { FEED_RULES } from './feed.rules.js';
import { LIST_RULES } from './list.rules.js';
import { READ_RULES } from './read.rules.js';
import { SEARCH_RULES } from './search.rules.js';
import { SORT_RULES } from './sort.rules.js';
import { STATS_RULES } from './stats.rules.js';
import { USAGE_RULES } from './usage.rules.js';
import { Subject, type ContractStore, type Rule } from './subject.js';

export type { ContractStore } from './subject.js';

/** One rule of the store's port: `run` rejects where it is broken. */
export interface ContractCase {
  name: string;
  run(): Promise<void>;
}

const RULES: readonly Rule[] = [
  ...READ_RULES,
  ...LIST_RULES,
  ...SORT_RULES,
  ...ERROR_RULES,
  ...SEARCH_RULES,
  ...STATS_RULES,
  ...USAGE_RULES,
  ...FEED_RULES,
  ...ADMIN_RULES,
];

/**
 * The rules of `TraceStore` as cases for any test runner: what every store must do, and what each capability that it has
 * must do. The case of a capability that the store has not got passes.
 *
 * @param open makes a new, empty store for each case; the case closes it
 * @example
 * for (const { name, run } of storeContract(() => new MemoryStore())) test(name, run);
 */
export function storeContract(open: () => ContractStore | Promise<ContractStore>): ContractCase[] {
  return RULES.map(({ name, needs, check }) => ({
    name,
    run: async () => {
      const store: TraceStore = await open();
      try {
        if (needs.every((capability) => store[capability])) await check(new Subject(store));
      } finally {
        await store.close();
      }
    },
  }));
}
