import type { Micros } from '../model/record.js';

/** How far the index is behind the journal. */
export interface IndexLag {
  /** Bytes of the journal that are not indexed. */
  bytes: number;
  /** All records before this time are indexed, in microseconds; `undefined`: none is. */
  since: Micros | undefined;
}

/** A sentence for the answer to a question that did not wait for the index. */
export function lagText({ bytes, since }: IndexLag, now: Micros): string {
  if (since === undefined) return `${sizeText(bytes)} of the journal are not in the index yet: traces may be missing.`;
  const age = ageText(Math.max(0, now - since) / 1e6);
  return `The index is ${age} behind (${sizeText(bytes)} are not in it yet): the newest traces may be missing.`;
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** `3 s`, `12 min`, `5 h`, `2 d`, each up to twice the next unit. */
function ageText(seconds: number): string {
  if (seconds < 2 * MINUTE) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 2 * HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / HOUR)} h`;
  return `${Math.round(seconds / DAY)} d`;
}

function sizeText(bytes: number): string {
  return bytes < 100_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
}
