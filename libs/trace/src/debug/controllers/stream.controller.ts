import { Inject, Req, Res, Sse } from '@nestjs/common';
import type { MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { QUESTIONS } from '../../contract/questions.js';
import { readQuestion } from '../dto/read-question.js';
import { header, rawResponse } from '../http/http-types.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugStreams } from '../stream/debug-streams.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** Traces as they happen. */
@DebugRoutes()
export class StreamController {
  constructor(@Inject(DebugStreams) private readonly streams: DebugStreams) {}

  /**
   * `trace.started`, `trace.event`, `trace.ended`. Resumes after the header `Last-Event-ID`, else after `?after=`: a
   * browser that reconnects repeats its first URL, so the header is the newer position.
   */
  @Sse(QUESTIONS.stream.paths[0])
  async stream(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<Observable<MessageEvent>> {
    const { after, contact_id, status, trace_id } = readQuestion(QUESTIONS.stream, request);
    return this.streams.start(rawResponse(response), {
      after: header(request, 'last-event-id') || after,
      contactId: contact_id,
      status,
      traceId: trace_id,
    });
  }
}
