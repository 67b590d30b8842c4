import {
  addedByMedians,
  bootstrap,
  median,
  medianOf,
  ratioOfAdded,
  ratioOfMedians,
} from '../../support/statistics.mjs';

/** Variants that the table compares with. */
export const REFERENCES = ['otel', 'otel-auto', 'pino-redact'];

/**
 * Result of a variant over all rounds: medians, what it adds to the untraced application, and the ratio of that to what
 * the references add. Each with its bootstrap interval; `null` where a reference was not measured.
 */
export function summary(name, rounds) {
  const read = (variant, what) => (round) => round[variant][what];
  const of = (statistic) => bootstrap(rounds, statistic);
  const over = (what) => of((some) => ratioOfMedians(some, read(name, what), read('untraced', what)));
  const added = (what) => of((some) => addedByMedians(some, read(name, what), read('untraced', what)));
  const ratio = (reference, what) =>
    rounds.every((round) => round[reference]) && name !== 'untraced'
      ? of((some) => ratioOfAdded(some, read(name, what), read(reference, what), read('untraced', what)))
      : null;
  const delivered = rounds.map((round) => round[name].delivered).filter((value) => value !== undefined);
  return {
    bench: 'app',
    variant: name,
    rounds: rounds.length,
    main_ms: medianOf(rounds, read(name, 'main_ms')),
    process_ms: medianOf(rounds, read(name, 'process_ms')),
    heap_mb: medianOf(rounds, read(name, 'heap_mb')),
    delivered_per_request: delivered.length === rounds.length ? median(delivered) : null,
    main_over_untraced: over('main_ms'),
    main_ms_added: added('main_ms'),
    process_ms_added: added('process_ms'),
    ...Object.fromEntries(REFERENCES.map((reference) => [`main_to_${reference}`, ratio(reference, 'main_ms')])),
    process_to_otel: ratio('otel', 'process_ms'),
  };
}
