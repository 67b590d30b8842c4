import { Probe } from './functions/conformance-case.js';
import { FUNCTION_GROUPS } from './functions/function-conformance.js';
import { Traced } from '../../context/decorators/traced.decorator.js';
import type { DecoratorAdapter } from './classes/decorator-adapter.js';
import { decoratorConformance } from './decorator-conformance.js';

const FUNCTION_CASES = FUNCTION_GROUPS.flatMap(([, cases]) => cases);

let probe = new Probe();

const ours: DecoratorAdapter = {
  decorate: () => Traced(),
  decorateClass: () => Traced(),
  inTrace: (fn) => probe.inTrace(fn),
  spans: () => probe.spans,
  reset: () => {
    probe = new Probe();
  },
};

/** Does what most tracing decorators do. */
const naive: DecoratorAdapter = {
  ...ours,
  decorateClass: undefined,
  decorate: () => (_target, key, descriptor) => {
    const method = descriptor.value as (...args: unknown[]) => unknown;
    descriptor.value = async function traced(this: unknown, ...args: unknown[]) {
      const span = probe.recorder.startSpan(probe.ref, { name: String(key), kind: 'step', input: args })!;
      const result = await method.apply(this, args);
      span.end({ kind: 'ok', output: result });
      return result;
    } as never;
  },
};

describe('@Traced() conforms', () => {
  const tests = decoratorConformance(ours);

  it.each(tests.map((one) => [one.group, one.name, one] as const))('%s: %s', async (_group, _name, { skip, run }) => {
    expect(skip).toBeUndefined();
    await run();
  });

  it('has a different name for every case', () => {
    const names = tests.map(({ group, name }) => `${group}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(FUNCTION_CASES.length + 40);
  });
});

describe('the suite', () => {
  it('detects a decorator that turns everything into a promise and copies no metadata', async () => {
    const failed: string[] = [];
    for (const { name, skip, run } of decoratorConformance(naive)) {
      if (skip === undefined) await run().catch(() => failed.push(name));
    }
    expect(failed).toEqual(
      expect.arrayContaining([
        'answers 0',
        'is synchronous',
        'answers the same promise',
        'does not run a query builder, answers it untouched, and lasts until its own consumer has the rows',
        'follows a generator to its end',
        'keeps a guarded route guarded, between @Post() and @UseGuards()',
        'keeps a guarded route guarded, above @Post() and @UseGuards()',
        'keeps the roles that a guard asks for, above @Roles()',
        'is called by an event, above @OnEvent()',
        'is called by the clock, above @Cron()',
      ]),
    );
    expect(failed).not.toContain('keeps a guarded route guarded, below @Post() and @UseGuards()');
  }, 60_000);

  it('reports skipped cases and their reasons', () => {
    const skipped = decoratorConformance(naive).filter(({ skip }) => skip !== undefined);
    expect(new Set(skipped.map(({ skip }) => skip))).toEqual(new Set(['the decorator has no form for classes']));
  });
});
