import { Inject, Req, Res, Sse } from '@nestjs/common';
import type { MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { readQuery } from '../dto/query-reader.js';
import { StreamQuery } from '../dto/stream.query.js';
import { header, rawResponse } from '../http/http-types.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugStreams } from '../stream/debug-streams.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** Traces as they happen. */
@DebugRoutes()
export class StreamController {
  constructor(@Inject(DebugStreams) private readonly streams: DebugStreams) {}

  /** `trace.started`, `trace.event`, `trace.ended`; resumes after `Last-Event-ID` or `?after=`. */
  @Sse('stream')
  async stream(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<Observable<MessageEvent>> {
    const params = readQuery(StreamQuery, request).params(header(request, 'last-event-id'));
    return this.streams.start(rawResponse(response), params);
  }
}
