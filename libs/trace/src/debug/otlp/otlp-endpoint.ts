import { Inject, Injectable, Optional } from '@nestjs/common';
import { TraceCollectorError } from '../../model/errors.js';
import type { OtelSpan } from '../../otel/otel-span.js';
import type { Received } from '../../otel/receive/span-receiver.js';
import { inTurns } from '../../otel/receive/in-turns.js';
import type { ReadSpans } from '../../otel/wire/read-budget.js';
import { jsonReading } from '../../otel/wire/read-json.js';
import { protobufReading } from '../../otel/wire/read-protobuf.js';
import { failureBody, MEDIA_TYPES, successBody, type WireType } from '../../otel/wire/responses.js';
import { WireFault } from '../../otel/wire/wire-fault.js';
import { SPAN_RECEIVER } from '../debug.tokens.js';
import type { TextResponse } from '../http/debug-reply.js';
import { type DebugRequest, rawRequest } from '../http/http-types.js';
import { readBody } from './read-body.js';
import { bodyHeaders } from './unread-body.js';

/** What takes spans. */
export interface SpanTaker {
  receive(spans: readonly OtelSpan[], invalid: number): Promise<Received>;
  /** Why no request is taken now; `undefined`: requests are taken. */
  busy(): string | undefined;
  /** Counts a request that was refused whole. */
  refused(): void;
}

/** Traces end within seconds. */
const RETRY_SECONDS = '5';

/** Nothing is recorded in this process. */
export interface NoSpanTaker {
  /** Where spans are recorded instead, as a sentence. */
  readonly instead: string;
}

/** OTLP over HTTP: reads the spans of a request whole, has them recorded, and answers in the encoding of the request. */
@Injectable()
export class OtlpEndpoint {
  constructor(@Optional() @Inject(SPAN_RECEIVER) private readonly taker: SpanTaker | NoSpanTaker | undefined) {}

  async answer(request: DebugRequest): Promise<TextResponse> {
    const type = typeOf(bodyHeaders(rawRequest(request))['content-type']);
    if (type === undefined) return unsupported(bodyHeaders(rawRequest(request))['content-type']);
    const { taker } = this;
    if (!taker || 'instead' in taker) {
      const instead = taker?.instead ?? 'Send them to the application.';
      throw new TraceCollectorError(
        'NOT_SUPPORTED',
        `Spans are not taken here: nothing is recorded in this process. ${instead}`,
      );
    }
    try {
      const reason = taker.busy();
      if (reason !== undefined) throw new WireFault(503, reason);
      const body = await readBody(rawRequest(request), (request as { body?: unknown }).body);
      const { spans, rejected, reason: fault } = await read(type, body);
      const received = await taker.receive(spans, rejected);
      const lost = rejected + received.orphans + received.full;
      return answer(type, 200, successBody(type, lost, lost > 0 ? reasonOf(fault, rejected, received) : undefined));
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      taker.refused();
      const headers = { Connection: 'close', ...(error.status === 503 && { 'Retry-After': RETRY_SECONDS }) };
      return { ...answer(type, error.status, failureBody(type, error)), headers };
    }
  }
}

/** In turns: 4 MiB are thousands of spans. Nothing is recorded before the last one is read. */
function read(type: WireType, body: Buffer): Promise<ReadSpans> {
  return inTurns(type === 'json' ? jsonReading(body) : protobufReading(body));
}

function reasonOf(reason: string | undefined, rejected: number, { orphans, full }: Received): string {
  return [
    ...(rejected > 0 ? [`${rejected} not valid: ${reason}`] : []),
    ...(orphans > 0
      ? [`${orphans} of no trace that this process runs or has lately run; otlp.orphans: 'trace' keeps such spans`]
      : []),
    ...(full > 0 ? [`${full} beyond the limit of their trace`] : []),
  ].join('. ');
}

function typeOf(header: string | undefined): WireType | undefined {
  const media = header?.split(';', 1)[0]!.trim().toLowerCase();
  if (media === 'application/x-protobuf' || media === 'application/protobuf') return 'protobuf';
  return media === 'application/json' ? 'json' : undefined;
}

function unsupported(given: string | undefined): TextResponse {
  const what =
    given === undefined ? 'There is no Content-Type' : `The Content-Type '${given.slice(0, 80)}' is not read`;
  const message = `${what}. Send ${MEDIA_TYPES.protobuf} or ${MEDIA_TYPES.json}.`;
  return { ...answer('json', 415, failureBody('json', { status: 415, message })), headers: { Connection: 'close' } };
}

function answer(type: WireType, status: number, body: Buffer): TextResponse {
  return { type: MEDIA_TYPES[type], text: type === 'json' ? body.toString('utf8') : body, status };
}
