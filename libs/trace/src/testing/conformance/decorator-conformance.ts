import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import { tryCase, unhandledDuring, type Wrap } from './functions/conformance-case.js';
import { FUNCTION_GROUPS } from './functions/function-conformance.js';
import { SpanProbe } from './functions/span-probe.js';
import { CLASS_BEHAVIOUR } from './classes/class-behaviour.js';
import { ClassKit, type ClassCase } from './classes/class-case.js';
import { CLASS_LEVEL } from './classes/class-level.js';
import { CLASS_SHAPE } from './classes/class-shape.js';
import type { ConformanceTest, DecoratorAdapter } from './classes/decorator-adapter.js';
import { isInstalled } from './classes/installed.js';
import { NEST_HTTP } from './classes/nest-http.js';
import { NEST_PACKAGES } from './classes/nest-packages.js';
import { NEST_PROVIDERS } from './classes/nest-providers.js';

const CLASS_GROUPS: [group: string, cases: readonly ClassCase[]][] = [
  ['the shape of a class', CLASS_SHAPE],
  ['methods of classes', CLASS_BEHAVIOUR],
  ['on a class', CLASS_LEVEL],
  ['Nest’s routes', NEST_HTTP],
  ['Nest’s providers', NEST_PROVIDERS],
  ['Nest’s packages', NEST_PACKAGES],
];

/**
 * The cases of the conformance suite for any decorator that records spans, for any test runner: the decorated method must
 * behave as before, and its spans must be right. `functions/` has the cases about results, `classes/` those about classes and
 * Nest. The cases share the adapter's spans, so run them one after another.
 *
 * `for (const { name, skip, run } of decoratorConformance(adapter)) (skip ? test.skip : test)(name, run)`
 */
export function decoratorConformance(adapter: DecoratorAdapter): ConformanceTest[] {
  const kit = new ClassKit(adapter);
  const { cancels } = adapter;
  const inTrace = <R>(fn: () => R): R => (adapter.inTrace ? adapter.inTrace(fn) : fn());
  const probe = new SpanProbe({ inTrace, spans: () => adapter.spans(), cancels });
  const attempt = (run: () => Promise<void> | void) => () =>
    tryCase(() => {
      adapter.reset();
      return withoutStrayRejections(run);
    });
  const wrap = wrapperOf(kit);
  return [
    ...FUNCTION_GROUPS.flatMap(([group, cases]) =>
      cases.map((one) => ({ group, name: one.name, skip: undefined, run: attempt(() => one.run(wrap, probe)) })),
    ),
    ...CLASS_GROUPS.flatMap(([group, cases]) =>
      cases.map((one) => ({
        group,
        name: one.name,
        skip: reasonToSkip(one, adapter),
        run: attempt(() => one.run(kit, probe)),
      })),
    ),
  ];
}

/** A promise that the decorator made beside the method's own rejects without a handler: Node would end the process. */
async function withoutStrayRejections(run: () => Promise<void> | void): Promise<void> {
  const thrown: unknown[] = [];
  const stray = await unhandledDuring(async () => {
    try {
      await run();
    } catch (error) {
      thrown.push(error);
    }
  });
  if (thrown.length > 0) throw thrown[0];
  if (stray.length > 0) throw new AssertionError({ message: `rejections that nobody could handle: ${inspect(stray)}` });
}

/** A function, as the decorated method of a class. */
function wrapperOf(kit: ClassKit): Wrap {
  return (fn) => {
    class Owner {}
    const descriptor = { value: fn, configurable: true, writable: true, enumerable: false };
    const decorated = kit.traced(Owner.prototype, 'work', descriptor) ?? descriptor;
    Object.defineProperty(Owner.prototype, 'work', decorated);
    kit.ready(Owner);
    return (Owner.prototype as unknown as { work: typeof fn }).work;
  };
}

function reasonToSkip({ needs = [], onClass }: ClassCase, adapter: DecoratorAdapter): string | undefined {
  if (onClass && !adapter.decorateClass) return 'the decorator has no form for classes';
  const absent = needs.filter((name) => !isInstalled(name));
  return absent.length > 0 ? `${absent.join(', ')} is not installed` : undefined;
}
