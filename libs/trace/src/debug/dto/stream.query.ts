import { IsOptional, MaxLength } from 'class-validator';
import type { TraceStatus } from '../../model/status.js';
import type { StreamParams } from '../../contract/trace-queries.js';
import { IsContact } from './contact.js';
import { asText } from './query-reader.js';
import type { Convert } from './query-reader.js';
import { asStatuses, IsStatuses } from './statuses.js';
import { IsTraceId } from './trace-id.js';

/** The query of `GET /debug/stream`. */
export class StreamQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = {
    contact_id: asText,
    status: asStatuses,
    trace_id: asText,
    after: asText,
  };

  @IsOptional()
  @IsContact()
  contact_id?: string;

  @IsOptional()
  @IsStatuses()
  status?: readonly TraceStatus[];

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
