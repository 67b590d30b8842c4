import { hashNumber } from '../../../model/hash.js';
import type { ErrorBaseline } from '../../../model/baseline.js';
import type { Micros } from '../../../model/record.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import type { NewError } from './baseline-sample.js';

const MINUTE_US = 60_000_000;
const HOUR = 60;
/** Same as the default retention of errors: an error that last occurred a month ago counts as new. */
const KEEP_US = 31 * 86_400_000_000;
/** Limit for errors that all differ. The oldest rows are deleted. */
const MAX_ROWS = 100_000;

/** Traces per error and minute. Errors are stored as hashes of their fingerprints. */
export class ErrorCounts {
  constructor(private readonly db: CatalogDb) {}

  note({ fingerprint, at }: NewError): void {
    this.db.run('countError', hashNumber(`error:${fingerprint}`), Math.floor(at / MINUTE_US), at);
  }

  read({ fingerprint, at }: { fingerprint: string; at: Micros }): ErrorBaseline {
    const error = hashNumber(`error:${fingerprint}`);
    const minute = Math.floor(at / MINUTE_US);
    const { n } = this.db.get<{ n: number }>('errorsBetween', error, minute - HOUR, minute)!;
    const first = this.db.get<{ first_us: number }>('firstError', error);
    return { fingerprint, firstAt: first?.first_us ?? null, lastHour: n };
  }

  prune(now: Micros): void {
    this.db.run('pruneErrorCounts', Math.floor((now - KEEP_US) / MINUTE_US));
    this.db.run('limitErrorCounts', MAX_ROWS);
  }

  clear(): void {
    this.db.run('clearErrorCounts');
  }
}
