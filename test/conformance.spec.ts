import { Test, type TestingModule } from '@nestjs/testing';
import { bindTrace, runInTrace, TraceModule, Traced, type RecordDraft } from 'nestjs-trace-collector';
import {
  decoratorConformance,
  MemoryStore,
  storeContract,
  type ConformanceSpan,
  type DecoratorAdapter,
} from 'nestjs-trace-collector/testing';
import { keepingIn } from './support/keeping-in.js';

/** Keeps records as capture writes them: the suite asks in the middle of a turn. */
function spiedStore() {
  const store = new MemoryStore();
  const drafts: RecordDraft[] = [];
  const { sink } = store;
  const append = (draft: RecordDraft) => {
    drafts.push(draft);
    return sink.append(draft);
  };
  return { store: Object.assign(store, { sink: { writer: sink.writer, append } }), drafts };
}

function spansOf(drafts: readonly RecordDraft[]): ConformanceSpan[] {
  return drafts.flatMap((draft): ConformanceSpan[] => {
    if (draft.kind !== 'span') return [];
    const end = drafts.find((other) => other.kind === 'span_end' && other.span === draft.span);
    const { name, span: id, parent } = draft;
    if (end?.kind !== 'span_end') return [{ name, id, parent, ms: undefined, outcome: 'open' }];
    return [{ name, id, parent, ms: end.ms, outcome: end.outcome ?? 'ok' }];
  });
}

describe('the conformance suite of the package, on the records of an application', () => {
  const { store, drafts } = spiedStore();
  let module: TestingModule;
  let inTrace: <R>(fn: () => R) => R;

  beforeAll(async () => {
    const traced = keepingIn(TraceModule.forRoot({ lifecycle: { quietMs: 60_000 } }), store);
    module = await Test.createTestingModule({ imports: [traced] }).compile();
    await module.init();
    inTrace = runInTrace({ contactId: 'conformance' }, () => bindTrace((fn: () => unknown) => fn())) as typeof inTrace;
  });
  afterAll(() => module.close());

  const adapter: DecoratorAdapter = {
    decorate: () => Traced(),
    decorateClass: () => Traced(),
    inTrace: (fn) => inTrace(fn),
    spans: () => spansOf(drafts),
    reset: () => void drafts.splice(0),
  };

  for (const { group, name, skip, run } of decoratorConformance(adapter)) {
    (skip ? test.skip : test)(`${group}: ${name}`, run);
  }
});

describe('the store contract of the package, in memory', () => {
  for (const { name, run } of storeContract(() => new MemoryStore())) test(name, run);
});
