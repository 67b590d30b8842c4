import { TraceModule, TraceService, Traced } from 'nestjs-trace-collector';

/**
 * As in the README: the module, and `@Traced()` on each step. Everything on, with its defaults.
 */
export function setup({ dir }, durability = 'process') {
  return {
    imports: [TraceModule.forRoot({ storage: { dir, durability }, lifecycle: { quietMs: 250 } })],
    step: (owner, name, descriptor, kind) => Traced({ name, kind })(owner, name, descriptor),
    // A response contains all records from before the question: by then everything is indexed.
    flush: (app) => app.get(TraceService).traces({ limit: 1 }),
  };
}
