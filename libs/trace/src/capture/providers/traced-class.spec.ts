import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import { decoratorConformance } from '../../testing/conformance/decorator-conformance.js';
import type { DecoratorAdapter } from '../../testing/conformance/classes/decorator-adapter.js';
import { NoTrace } from '../../context/decorators/no-trace.decorator.js';
import { Traced } from '../../context/decorators/traced.decorator.js';
import { MemoryRecorder } from '../../testing/memory-recorder.js';
import { runWith } from '../../context/trace-context.js';
import { matchOf } from './matched-class.js';
import { traceClass } from './traced-class.js';

class SofiaAgent {
  #secret = 1;
  field = () => this.#hidden();
  get lead() {
    return 'lead';
  }
  reply(text: string) {
    return `${text}${this.#hidden()}`;
  }
  *[Symbol.iterator]() {
    yield 1;
  }
  @Traced('named') named() {}
  @NoTrace() hidden() {}
  onModuleInit() {}
  static create() {
    return new SofiaAgent();
  }
  #hidden() {
    return this.#secret;
  }
}

describe('the methods of a class', () => {
  it('are spans in traces of the application that asked, with the kind of the class', () => {
    const [first, second] = [new MemoryRecorder(), new MemoryRecorder()];
    const stop = traceClass(SofiaAgent, first);
    const before = SofiaAgent.prototype.reply;
    traceClass(SofiaAgent, first);
    expect(SofiaAgent.prototype.reply).toBe(before);
    const sofia = SofiaAgent.create();
    const all = () => {
      expect(sofia.reply('a')).toBe('a1');
      expect([...sofia, sofia.field(), sofia.lead]).toEqual([1, 1, 'lead']);
      sofia.named();
      sofia.hidden();
      sofia.onModuleInit();
    };
    all();
    runWith({ recorder: first, key: '1' }, all);
    runWith({ recorder: second, key: '2' }, () => sofia.reply('b'));
    expect(first.tree()).toEqual(['SofiaAgent.reply:ok', 'named:ok']);
    expect(first.spans[0]).toMatchObject({ kind: 'agent', input: 'a' });
    expect(second.tree()).toEqual([]);
    stop();
    runWith({ recorder: first, key: '1' }, () => sofia.reply('c'));
    expect(first.spans).toHaveLength(2);
  });
});

describe('a rule', () => {
  class Base {}
  class PriceTool extends Base {}

  it.each([
    ['a name', [/Tool$/], 'name'],
    ['a name with state', [/Tool/g], 'name'],
    ['another name', [/Agent$/], undefined],
    ['the class', [PriceTool], 'class'],
    ['a class that it extends', [Base], 'class'],
    ['excluded', [{ include: /./, exclude: PriceTool }], undefined],
    ['excluded by a class that it extends', [{ include: [/./], exclude: [Base] }], undefined],
    ['excluded in one rule only', [{ include: /./, exclude: /Tool/ }, Base], 'class'],
  ])('%s', (_name, rules, match) => {
    expect(matchOf(PriceTool, rules)).toBe(match);
    expect(matchOf(PriceTool, rules)).toBe(match);
  });
});

let probe = new Probe();

/** What the suite decorates, `capture.providers` wraps once the class is complete. */
const adapter: DecoratorAdapter = {
  decorate: () => () => undefined,
  inTrace: (fn) => probe.inTrace(fn),
  spans: () => probe.spans,
  reset: () => {
    probe = new Probe();
  },
  prepare: (target) => void traceClass(target as never, probe.recorder),
};

/** Members that `capture.providers` leaves alone, and a decorator on the member itself does not. */
const LEFT_ALONE = ['takes a static method, with the class for this', 'takes a method that is named by a symbol'];

describe('a class of capture.providers conforms', () => {
  const tests = decoratorConformance(adapter).filter(
    ({ skip, name }) => skip === undefined && !LEFT_ALONE.includes(name),
  );

  it.each(tests.map((one) => [one.group, one.name, one] as const))('%s: %s', async (_group, _name, { run }) => {
    await run();
  });
});
