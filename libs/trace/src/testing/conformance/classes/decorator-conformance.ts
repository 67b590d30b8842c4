import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import { tryCase, unhandledDuring } from '../functions/conformance-case.js';
import type { ConformanceCase, Wrap } from '../functions/conformance-case.js';
import { GENERATORS } from '../functions/generators.js';
import { NODE_STREAMS } from '../functions/node-streams.js';
import { OBSERVABLES } from '../functions/observables.js';
import { PLAIN_RESULTS } from '../functions/plain-results.js';
import { PROMISES } from '../functions/promises.js';
import { SDK_STREAMS } from '../functions/sdk-streams.js';
import { SpanProbe } from '../functions/span-probe.js';
import { THENABLES } from '../functions/thenables.js';
import { WEB_STREAMS } from '../functions/web-streams.js';
import { CLASS_BEHAVIOUR } from './class-behaviour.js';
import { ClassKit } from './class-case.js';
import type { ClassCase } from './class-case.js';
import { CLASS_LEVEL } from './class-level.js';
import { CLASS_SHAPE } from './class-shape.js';
import type { ConformanceTest, DecoratorAdapter } from './decorator-adapter.js';
import { isInstalled } from './installed.js';
import { NEST_HTTP } from './nest-http.js';
import { NEST_PACKAGES } from './nest-packages.js';
import { NEST_PROVIDERS } from './nest-providers.js';

const RESULTS: [group: string, cases: readonly ConformanceCase[]][] = [
  ['plain results', PLAIN_RESULTS],
  ['promises', PROMISES],
  ['thenables', THENABLES],
  ['generators', GENERATORS],
  ['Observables', OBSERVABLES],
  ['streams of model providers', SDK_STREAMS],
  ['Node’s streams', NODE_STREAMS],
  ['web streams', WEB_STREAMS],
];

const CLASSES: [group: string, cases: readonly ClassCase[]][] = [
  ['the shape of a class', CLASS_SHAPE],
  ['methods of classes', CLASS_BEHAVIOUR],
  ['on a class', CLASS_LEVEL],
  ['Nest’s routes', NEST_HTTP],
  ['Nest’s providers', NEST_PROVIDERS],
  ['Nest’s packages', NEST_PACKAGES],
];

/**
 * All that a decorator which records spans must leave as it was, and must record rightly: cases for any test runner, for
 * any decorator. They share the adapter's spans, so run them one after another.
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
    ...RESULTS.flatMap(([group, cases]) =>
      cases.map((one) => ({ group, name: one.name, skip: undefined, run: attempt(() => one.run(wrap, probe)) })),
    ),
    ...CLASSES.flatMap(([group, cases]) =>
      cases.map((one) => ({
        group,
        name: one.name,
        skip: reasonToSkip(one, adapter),
        run: attempt(() => one.run(kit, probe)),
      })),
    ),
  ];
}

/** A promise that the decorator made beside the method's own rejects with nobody there: Node would end the process. */
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
