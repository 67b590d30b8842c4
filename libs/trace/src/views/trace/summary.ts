import type { SummaryDto } from '../../contract/responses.js';
import type { AssembledTrace } from './assemble.js';
import type { EventTypes } from '../events/event-types.js';
import { addTool, PREVIEW_CHARACTERS } from '../events/event-looks.js';
import { asRecord, number } from '../events/event-data.js';
import { repliesOf } from './replies.js';
import { firstCharacters } from '../text/visible-text.js';
import { llmUsage } from './llm-usage.js';

/** Events whose `count` or `messages` is the number of messages that were loaded. */
const HISTORY_EVENTS = ['conversation_loaded', 'history_loaded'];

/** The summary of a trace; a key without a recorded value is left out. */
export function summarize(trace: AssembledTrace, types: EventTypes): SummaryDto {
  // Keys of the guide's example come first, in its order, whatever the order of their events.
  const summary: SummaryDto = {
    lead_score: undefined,
    suggested_agent: undefined,
    routing_path: undefined,
    message_sent: false,
  };
  for (const { dto, span } of trace.events) {
    if (dto.again) continue;
    const data = asRecord(dto.data);
    if (span?.kind === 'tool') addTool(summary, span.name);
    if (!span) history(summary, dto.type, data);
    try {
      types.of(dto).summary?.(summary, data);
    } catch {
      // A rule of the application failed on this event. The rest of the summary is not affected.
    }
  }
  summary.message_sent = summary.message_sent === true;
  edited(summary, trace);
  const llm = llmUsage(trace);
  if (llm) summary.llm = llm;
  for (const key of Object.keys(summary)) if (summary[key] === undefined) delete summary[key];
  return summary;
}

/** A reply that was edited is shown as it was in the end. */
function edited(summary: SummaryDto, trace: AssembledTrace): void {
  if (summary.response_preview === undefined || !trace.events.some(({ dto }) => dto.again)) return;
  const text = repliesOf(trace).at(-1)?.text;
  if (text !== undefined) summary.response_preview = firstCharacters(text, PREVIEW_CHARACTERS);
}

function history(summary: SummaryDto, type: string, data: Record<string, unknown>): void {
  const previous = number(data.previous_score);
  if (previous !== undefined) summary.previous_score = previous;
  const loaded = number(data.messages_loaded) ?? (HISTORY_EVENTS.includes(type) ? countIn(data) : undefined);
  if (loaded !== undefined) summary.messages_loaded = loaded;
}

function countIn({ count, messages }: Record<string, unknown>): number | undefined {
  return number(count) ?? (Array.isArray(messages) ? messages.length : number(messages));
}
