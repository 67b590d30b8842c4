import { IsOptional } from 'class-validator';
import { checkOrder } from '../../query/time-range.js';
import type { Moment, TimeRange } from '../../contract/trace-queries.js';
import { asMoment, IsMoment } from './moment.js';
import type { Convert } from './query-reader.js';

/** `?since&until`. */
export class RangeQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { since: asMoment(), until: asMoment() };

  @IsOptional()
  @IsMoment()
  since?: Moment;

  @IsOptional()
  @IsMoment()
  until?: Moment;

  range(): TimeRange {
    checkOrder(this.since, this.until);
    return { since: this.since, until: this.until };
  }
}
