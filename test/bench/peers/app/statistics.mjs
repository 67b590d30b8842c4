export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function rounded(value, digits = 3) {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(digits));
}

/**
 * Overhead of a variant over the untraced application, and its ratio, as medians over rounds. A ratio is of one round,
 * in which all variants took turns: a machine that slowed down slowed all of them.
 */
export function summary(name, rounds) {
  const of = (pick) => rounded(median(rounds.map(pick)));
  const added = (round, variant, what) => round[variant][what] - round.untraced[what];
  const ratio = (other, what) =>
    rounds.every((round) => round[other]) ? of((r) => added(r, name, what) / added(r, other, what)) : null;
  const delivered = rounds.map((round) => round[name].delivered).filter((value) => value !== undefined);
  return {
    bench: 'app',
    variant: name,
    rounds: rounds.length,
    main_ms_per_request: of((round) => round[name].main_ms),
    process_ms_per_request: of((round) => round[name].process_ms),
    main_ms_added: of((round) => added(round, name, 'main_ms')),
    process_ms_added: of((round) => added(round, name, 'process_ms')),
    main_added_to_bare: ratio('bare', 'main_ms'),
    main_added_to_otel: ratio('otel', 'main_ms'),
    main_added_to_pino: ratio('pino', 'main_ms'),
    process_added_to_otel: ratio('otel', 'process_ms'),
    throughput_kept: of((round) => round[name].throughput / round.untraced.throughput),
    p99_ms: of((round) => round[name].p99_ms),
    p99_to_untraced: of((round) => round[name].p99_ms / round.untraced.p99_ms),
    heap_mb: of((round) => round[name].heap_mb),
    delivered_per_request: delivered.length === rounds.length ? rounded(median(delivered), 2) : null,
  };
}
