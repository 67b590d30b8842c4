import { IsInt, IsNumber, IsOptional, Max, MaxLength, Min } from 'class-validator';
import type { TraceStatus } from '../../model/status.js';
import type { TracesParams } from '../../contract/trace-queries.js';
import { IsContact } from './contact.js';
import { asInteger, asNumber, asText } from './query-reader.js';
import type { Convert } from './query-reader.js';
import { RangeQuery } from './range.query.js';
import { asStatuses, IsStatuses } from './statuses.js';

const LIMIT_HELP = 'a whole number from 1 to 500';
const DURATION_HELP = 'milliseconds, 0 or more';

/** The query of `GET /debug/traces`. */
export class ListTracesDto extends RangeQuery {
  static override readonly parameters: Readonly<Record<string, Convert>> = {
    limit: asInteger,
    before: asText,
    contact_id: asText,
    status: asStatuses,
    q: asText,
    ...RangeQuery.parameters,
    min_duration_ms: asNumber,
    agent: asText,
    tool: asText,
  };

  @IsInt({ message: LIMIT_HELP })
  @Min(1, { message: LIMIT_HELP })
  @Max(500, { message: LIMIT_HELP })
  limit = 20;

  @IsOptional()
  @MaxLength(1000, { message: 'the `next` of the page before' })
  before?: string;

  @IsOptional()
  @IsContact()
  contact_id?: string;

  @IsOptional()
  @IsStatuses()
  status?: readonly TraceStatus[];

  @IsOptional()
  @MaxLength(1000, { message: 'at most 1000 characters' })
  q?: string;

  @IsOptional()
  @IsNumber({}, { message: DURATION_HELP })
  @Min(0, { message: DURATION_HELP })
  min_duration_ms?: number;

  @IsOptional()
  @MaxLength(200, { message: "an agent's name, at most 200 characters" })
  agent?: string;

  @IsOptional()
  @MaxLength(200, { message: "a tool's name, at most 200 characters" })
  tool?: string;

  params(): TracesParams {
    return {
      ...this.range(),
      limit: this.limit,
      before: this.before,
      contactId: this.contact_id,
      status: this.status,
      q: this.q,
      minDurationMs: this.min_duration_ms,
      agent: this.agent,
      tool: this.tool,
    };
  }
}
