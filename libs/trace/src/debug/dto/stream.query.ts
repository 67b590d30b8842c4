import { IsIn, IsOptional, MaxLength } from 'class-validator';
import { TRACE_STATUSES } from '../../model/status.js';
import type { TraceStatus } from '../../model/status.js';
import type { StreamParams } from '../../query/trace-queries.js';
import { IsContact } from './contact.js';
import { asText } from './query-reader.js';
import type { Convert } from './query-reader.js';
import { IsTraceId } from './trace-id.js';
import { STATUS_HELP } from './traces.query.js';

/** The query of `GET /debug/stream`. */
export class StreamQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = {
    contact_id: asText,
    status: asText,
    trace_id: asText,
    after: asText,
  };

  @IsOptional()
  @IsContact()
  contact_id?: string;

  @IsOptional()
  @IsIn(TRACE_STATUSES, { message: STATUS_HELP })
  status?: TraceStatus;

  @IsOptional()
  @IsTraceId()
  trace_id?: string;

  @IsOptional()
  @MaxLength(4000, { message: 'the id of a message of this stream' })
  after?: string;

  /** @param lastEventId the header of that name: a browser that reconnects repeats the URL it began with, so it wins over `after`. */
  params(lastEventId: string | undefined): StreamParams {
    return {
      after: lastEventId || this.after,
      contactId: this.contact_id,
      status: this.status,
      traceId: this.trace_id,
    };
  }
}
