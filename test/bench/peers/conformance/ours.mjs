import { Traced, TraceModule, bindTrace, runInTrace } from 'nestjs-trace-collector';
import { MemoryStore } from 'nestjs-trace-collector/testing';
import { NestFactory } from '@nestjs/core';
import { keepingIn } from '../../../support/keeping-in.mjs';

/** `@Traced()`, with the module and all it records into a store in memory. */
export async function adapter() {
  let drafts = [];
  const store = new MemoryStore();
  const { sink } = store;
  const append = (draft) => {
    drafts.push(draft);
    return sink.append(draft);
  };
  Object.assign(store, { sink: { writer: sink.writer, append } });
  class BenchModule {}
  const traced = TraceModule.forRoot({ lifecycle: { quietMs: 600_000 } });
  const module = { module: BenchModule, imports: [keepingIn(traced, store)] };
  const app = await NestFactory.createApplicationContext(module, { logger: ['error'] });
  await app.init();
  const inTrace = runInTrace({ contactId: 'bench' }, () => bindTrace((fn) => fn()));
  return {
    decorate: () => Traced(),
    decorateClass: () => Traced(),
    inTrace: (fn) => inTrace(fn),
    reset: () => void (drafts = []),
    spans: () => drafts.filter(({ kind }) => kind === 'span').map((start) => asSpan(start, drafts)),
  };
}

function asSpan({ name, span, parent }, drafts) {
  const end = drafts.find((draft) => draft.kind === 'span_end' && draft.span === span);
  return { name, id: span, parent, ms: end?.ms, outcome: end ? (end.outcome ?? 'ok') : 'open' };
}
