import { InMemoryStorageProvider, telescopeRecord, TelescopeModule } from '@dudousxd/nestjs-telescope';

/**
 * Telescope with its defaults and its store in memory, because its store in SQLite needs the install script of a native
 * package; an entry per step. Kept for a minute, so that the memory of a run is bounded.
 */
export function setup() {
  const storage = new InMemoryStorageProvider();
  const prune = { after: '1m', keepLast: 20_000, intervalMs: 10_000 };
  return {
    imports: [TelescopeModule.forRoot({ enabled: true, storage, prune })],
    step(_owner, step, descriptor, kind) {
      const method = descriptor.value;
      descriptor.value = async function recorded(input) {
        const began = performance.now();
        const output = await method.call(this, input);
        telescopeRecord({
          type: 'step',
          content: { step, kind, input, output },
          durationMs: performance.now() - began,
        });
        return output;
      };
    },
  };
}
