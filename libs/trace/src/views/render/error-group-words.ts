import type { Examined } from '../../contract/responses.js';
import { countOf } from '../text/durations.js';

/** Which traces an incomplete answer counts. */
export function examinedWords({ examined }: Pick<Examined, 'examined'>): string {
  return `Counted in the newest ${countOf(examined, 'trace')} of this time; there are older ones.`;
}
