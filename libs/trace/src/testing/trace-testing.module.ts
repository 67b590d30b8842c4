import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { TRACE_QUERIES } from '../debug/debug.tokens.js';
import type { HeldStore } from '../held-store.js';
import { resolveOptions } from '../trace.options.js';
import type { TraceQueries } from '../contract/trace-queries.js';
import { TraceModule } from '../trace.module.js';
import type { TraceModuleOptions } from '../trace.options.js';
import { CLOCK, GIVEN_OPTIONS, OPTIONS, RANDOM, STORE, UNDER_TEST } from '../trace.tokens.js';
import { TestClock } from './test-clock.js';
import { testRandom } from './test-random.js';
import { openTestStore, type TestStorage } from './test-store.js';
import { TestTraces } from './test-traces.js';

/** Options of `TraceModule.forRoot`, and how the test differs. */
export interface TraceTestingOptions extends Omit<TraceModuleOptions, 'storage'> {
  /** Default: `memory`. */
  storage?: TestStorage;
  /** When time begins. Default: 2024-01-20T14:30:22.123Z. */
  startAt?: string | number | Date;
}

/** What of Nest's `TestingModuleBuilder` is needed here. */
interface Builder {
  overrideProvider(token: symbol): {
    useValue(value: unknown): unknown;
    useFactory(options: { factory: (...args: never[]) => unknown; inject: symbol[] }): unknown;
  };
}

/** Milliseconds of quiet after which a trace ends; a second in production, which every test would wait for. */
const QUIET_MS = 50;

/** A public token, so that none is created in the working directory of the tests. */
const TOKEN = 'the-trace-testing-module-has-no-secrets';

/**
 * `TraceModule` for tests: traces in memory, time that only passes when something is recorded, the same ids in every run,
 * UTC, and an end of the trace 50 ms after its last event.
 *
 * Ask for what was traced with `app.get(TestTraces)`.
 */
@Module({})
export class TraceTestingModule {
  /** In place of `TraceModule.forRoot(options)`. */
  static forRoot(options: TraceTestingOptions = {}): DynamicModule {
    const kit = new TestKit(options);
    const real = TraceModule.forRoot();
    const providers: Provider[] = [
      ...(real.providers ?? []),
      { provide: TestClock, useFactory: () => kit.clock() },
      { provide: CLOCK, useExisting: TestClock },
      { provide: RANDOM, useFactory: () => testRandom() },
      { provide: UNDER_TEST, useValue: true },
      { provide: GIVEN_OPTIONS, useFactory: () => kit.over({}) },
      // Opened when an application starts: one module may be in several, and a store may be a directory.
      { provide: STORE, inject: [TestClock], useFactory: (clock: TestClock) => kit.store(clock) },
      { provide: TestTraces, inject: [TRACE_QUERIES], useFactory: (queries: TraceQueries) => new TestTraces(queries) },
    ];
    return { ...real, providers, exports: [...(real.exports ?? []), TestClock, TestTraces] };
  }

  /**
   * For an application that imports `TraceModule` itself: keeps its options and puts those of a test over them.
   *
   * `await TraceTestingModule.override(Test.createTestingModule({ imports: [AppModule] })).compile()`, and then
   * `tracesOf(app)`.
   */
  static override<B extends Builder>(builder: B, options: TraceTestingOptions = {}): B {
    const kit = new TestKit(options);
    const clock = kit.clock();
    builder.overrideProvider(CLOCK).useValue(clock);
    builder.overrideProvider(RANDOM).useValue(testRandom());
    builder.overrideProvider(UNDER_TEST).useValue(true);
    builder.overrideProvider(OPTIONS).useFactory({
      inject: [GIVEN_OPTIONS],
      factory: (own: TraceModuleOptions | undefined) => resolveOptions(kit.over(own ?? {})),
    });
    builder.overrideProvider(STORE).useFactory({ inject: [], factory: () => kit.store(clock) });
    return builder;
  }
}

/** What an application has traced; any that has a `TraceModule`, that has a `TraceModule` under test or not. */
export function tracesOf(app: { get(token: symbol, options: { strict: false }): unknown }): TestTraces {
  return new TestTraces(app.get(TRACE_QUERIES, { strict: false }) as TraceQueries);
}

class TestKit {
  constructor(private readonly options: TraceTestingOptions) {
    // Throws for a bad `startAt`.
    this.clock();
  }

  clock(): TestClock {
    return new TestClock(this.options.startAt);
  }

  store(clock: TestClock): HeldStore {
    return openTestStore(this.options.storage ?? 'memory', clock);
  }

  /** The application's own options with the test's over them; the store is a provider of its own. */
  over(own: TraceModuleOptions): TraceModuleOptions {
    const { storage: _storage, startAt: _startAt, ...test } = this.options;
    return {
      ...own,
      timeZone: 'UTC',
      ...test,
      capture: { ...own.capture, ...test.capture },
      lifecycle: { ...own.lifecycle, quietMs: QUIET_MS, ...test.lifecycle },
      debug: { token: TOKEN, ...own.debug, ...test.debug },
      storage: undefined,
    };
  }
}
