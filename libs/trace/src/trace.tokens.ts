/** Injection tokens of the module's wiring. The test kit puts in a store, a clock and ids of its own. */

/** The options as the application gave them. */
export const GIVEN_OPTIONS = Symbol('TRACE_GIVEN_OPTIONS');
/** The same, validated and completed: `ResolvedOptions`. */
export const OPTIONS = Symbol('TRACE_OPTIONS');
/** A `Clock`. */
export const CLOCK = Symbol('TRACE_CLOCK');
/** A `RandomSource`, which ids are made from. */
export const RANDOM = Symbol('TRACE_RANDOM');
/** `true`: an application under test. */
export const UNDER_TEST = Symbol('TRACE_UNDER_TEST');
/** What one call of `forRoot` made: a `RootMark`. The same symbol in all copies of the package. */
export const ROOT_MARK = Symbol.for('nestjs-trace-collector.root.v1');
/** The `StartGuard` of an application. */
export const START = Symbol('TRACE_START');
/** A `HeldStore`. */
export const STORE = Symbol('TRACE_STORE');
/** A `Capture`. */
export const CAPTURE = Symbol('TRACE_CAPTURE');
