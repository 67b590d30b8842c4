import type { ConformanceSpan } from '../functions/span-probe.js';

/** A decorator under test, and where its spans are found. */
export interface DecoratorAdapter {
  /** The decorator as it is put on a method, without options. */
  decorate(): MethodDecorator;
  /** The decorator as it is put on a class. Left out: it has no such form, and cases about that are skipped. */
  decorateClass?(): ClassDecorator;
  /** All spans since `reset`, in the order they started; those that are still open too. */
  spans(): readonly ConformanceSpan[];
  /** Forgets them. Called before each case. */
  reset(): void;
  /** Runs `fn` where spans are recorded. Default: they are recorded everywhere. */
  inTrace?<R>(fn: () => R): R;
  /** Called with each class once it is decorated: for decorators that do their work at a later time. */
  prepare?(target: abstract new (...args: never[]) => unknown): void;
  /** `false`: it has no word for `cancelled`, and any end will do. Default: `true`. */
  cancels?: boolean;
}

/** A case for any test runner. */
export interface ConformanceTest {
  /** What it is about: `promises`, `Nest's decorators`, … */
  readonly group: string;
  readonly name: string;
  /** Why it cannot be run here; `undefined`: it can. */
  readonly skip: string | undefined;
  /** Rejects, with an AssertionError most often, when the decorator does not conform. */
  run(): Promise<void>;
}
