import { MemoryStore } from './memory-store.js';
import { storeContract } from '../../testing/store-contract/store-contract.js';

describe('the contract, in memory', () => {
  for (const { name, run } of storeContract(() => new MemoryStore())) test(name, run);
});
