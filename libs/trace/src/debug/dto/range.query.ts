import { IsNumber, IsOptional } from 'class-validator';
import { TraceCollectorError } from '../../model/errors.js';
import { MOMENT_HELP, asMoment } from './moment.js';
import type { Convert } from './query-reader.js';

/** `?since&until`, microseconds since 1970. */
export class RangeQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { since: asMoment(), until: asMoment() };

  @IsOptional()
  @IsNumber({}, { message: MOMENT_HELP })
  since?: number;

  @IsOptional()
  @IsNumber({}, { message: MOMENT_HELP })
  until?: number;

  range(): { since?: number; until?: number } {
    if (this.since !== undefined && this.until !== undefined && this.until < this.since) {
      throw new TraceCollectorError('BAD_QUERY', 'Query parameter "until" is before "since"; give a later time.');
    }
    return { since: this.since, until: this.until };
  }
}
