import type { EventDto, FullTraceResponse } from '../../libs/trace/src/contract/responses.js';
import type { StoredTrace } from '../../libs/trace/src/model/trace.js';
import { ZonedStamp } from '../../libs/trace/src/model/trace-id.js';
import { defineEventTypes } from '../../libs/trace/src/views/events/event-types.js';
import { fullTrace } from '../../libs/trace/src/views/responses/full-trace.js';
import type { ViewContext } from '../../libs/trace/src/views/responses/full-trace.js';
import { assemble } from '../../libs/trace/src/views/trace/assemble.js';
import { Story } from './story.js';

/** The full trace of a story, in UTC, with the built-in event types and hints. */
export function fullTraceOf(given: Story | StoredTrace, context: Partial<ViewContext> = {}): FullTraceResponse {
  return fullTrace(assemble(given instanceof Story ? given.stored() : given), {
    types: defineEventTypes(),
    zone: new ZonedStamp('UTC'),
    now: 0,
    slowMs: 5_000,
    hints: [],
    duplicateOf: null,
    ...context,
  });
}

/** A point event of a full trace. */
export function eventOf(seq: number, fields: Partial<EventDto> = {}): EventDto {
  return {
    seq,
    timestamp: '2024-01-20T14:30:22.123456Z',
    type: 'step',
    name: null,
    span_id: null,
    parent_span_id: null,
    duration_ms: null,
    data: null,
    ...fields,
  };
}
