export interface Interval {
  value: number;
  low: number;
  high: number;
}
type Pick<Round> = (round: Round) => number;
export const LEVEL: number;
export function median(values: readonly number[]): number;
export function seededRandom(seed: number): () => number;
export function bootstrap<Round>(
  rounds: readonly Round[],
  statistic: (rounds: readonly Round[]) => number,
  options?: { level?: number; samples?: number; seed?: number },
): Interval;
export function medianOf<Round>(rounds: readonly Round[], pick: Pick<Round>): number;
export function ratioOfMedians<Round>(rounds: readonly Round[], pick: Pick<Round>, reference: Pick<Round>): number;
export function addedByMedians<Round>(rounds: readonly Round[], pick: Pick<Round>, base: Pick<Round>): number;
export function ratioOfAdded<Round>(
  rounds: readonly Round[],
  pick: Pick<Round>,
  reference: Pick<Round>,
  base: Pick<Round>,
): number;
