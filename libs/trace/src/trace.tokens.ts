/** Where the module's wiring can be taken hold of: the test kit puts in a store, a clock and ids of its own. */

/** The options as the application gave them. */
export const GIVEN_OPTIONS = Symbol('TRACE_GIVEN_OPTIONS');
/** The same, validated and completed: `ResolvedOptions`. */
export const OPTIONS = Symbol('TRACE_OPTIONS');
/** A `Clock`. */
export const CLOCK = Symbol('TRACE_CLOCK');
/** A `RandomSource`, which ids are made from. */
export const RANDOM = Symbol('TRACE_RANDOM');
