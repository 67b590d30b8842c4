/** Injection tokens of the module's wiring. The testing module provides a store, a clock and ids of its own. */

/** The options as the application gave them. */
export const GIVEN_OPTIONS = Symbol('TRACE_GIVEN_OPTIONS');
/** The validated options with their defaults: `ResolvedOptions`. */
export const OPTIONS = Symbol('TRACE_OPTIONS');
/** A `Clock`. */
export const CLOCK = Symbol('TRACE_CLOCK');
/** A `RandomSource`, from which ids are made. */
export const RANDOM = Symbol('TRACE_RANDOM');
/** `true` in an application under test. */
export const UNDER_TEST = Symbol('TRACE_UNDER_TEST');
/** The result of one call of `forRoot`: a `RootMark`. All copies of the package have the same symbol. */
export const ROOT_MARK = Symbol.for('nestjs-trace-collector.root.v1');
/** The `StartGuard` of an application. */
export const START = Symbol('TRACE_START');
/** A `HeldStore`. */
export const STORE = Symbol('TRACE_STORE');
/** A `Capture`. */
export const CAPTURE = Symbol('TRACE_CAPTURE');
/** The `TracedProviders` of the application. */
export const TRACED_PROVIDERS = Symbol('TRACE_TRACED_PROVIDERS');
