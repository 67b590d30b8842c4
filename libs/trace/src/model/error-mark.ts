import type { Micros } from './record.js';

/** What a person said about an error group. A group without a mark is open. */
export interface ErrorMark {
  fingerprint: string;
  /** `resolved` until the group's next error; `ignored` until it is changed. */
  state: 'resolved' | 'ignored';
  /** When it was said. */
  at: Micros;
}
