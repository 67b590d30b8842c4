import { EVENT } from '../../../model/vocabulary.js';
import type { EventDto } from '../../../contract/responses.js';
import { spellMs } from '../../text/durations.js';
import { isSpan, isErrorEvent } from '../../events/event-response.js';
import { dataOf } from '../../events/event-data.js';
import { tokenWords } from '../../events/call-words.js';
import { isQuiet } from '../../events/event-looks.js';
import { stepName } from '../../compare/step-alignment.js';
import { clipText } from '../../text/visible-text.js';
import type { MarkdownBudget } from './markdown-budget.js';
import { payload } from './markdown-payload.js';
import { code } from './markdown-text.js';

/** Events without a section: the head has the message and the response. */
const SHOWN_ELSEWHERE = new Set<string>([EVENT.received, EVENT.acknowledged, EVENT.rejected, EVENT.aborted]);
/** Bounds of one step: share of the rest of the budget, and tokens. */
const SHARE = 0.4;
const MAX_TOKENS = 1_500;
const LEAST_TOKENS = 60;
const NAME_CHARACTERS = 120;

/** Whether a step has a payload to show. */
export function hasPayload(event: EventDto): boolean {
  if (isErrorEvent(event) || SHOWN_ELSEWHERE.has(event.type)) return false;
  // A call that went well and a log line below `warn` explain little, and there may be hundreds.
  if (isQuiet(event) || event.again) return false;
  if (!isSpan(event)) return event.data !== null;
  const { input, output } = dataOf(event);
  return input !== undefined || output !== undefined;
}

/** A step with its input and output, shortened to fit; `undefined` where it does not fit. */
export function stepSection(
  event: EventDto,
  number: number,
  budget: MarkdownBudget,
): { lines: string[]; cut: boolean } | undefined {
  const room = Math.min(MAX_TOKENS, Math.max(LEAST_TOKENS, budget.left * SHARE));
  if (budget.left < LEAST_TOKENS) return undefined;
  const heading = ['', `### ${stepTitle(event, number)}`];
  const { input, output } = isSpan(event) ? dataOf(event) : {};
  const parts = isSpan(event)
    ? (
        [
          ['Input', input],
          ['Output', output],
        ] as const
      ).filter(([, value]) => value !== undefined)
    : ([['Data', event.data]] as const);
  const lines = [...heading];
  let cut = false;
  for (const [index, [title, value]] of parts.entries()) {
    const part = payload(title, value, (room - 20) / (parts.length - index));
    if (!part) cut = true;
    else lines.push(...part.lines);
    if (part?.cut) cut = true;
  }
  if (lines.length === heading.length) return undefined;
  return budget.take(lines) ? { lines, cut } : undefined;
}

/** `Step 12: tool book_appointment, error, 34 ms`. */
export function stepTitle(event: EventDto, number: number): string {
  const name = stepName(event);
  const kind = isSpan(event) ? event.type : code(clipText(event.type, NAME_CHARACTERS));
  const { outcome } = isSpan(event) ? dataOf(event) : {};
  const took = event.duration_ms === null ? (isSpan(event) ? 'still open' : undefined) : spellMs(event.duration_ms);
  const words = [
    name === null ? kind : `${kind} ${code(clipText(name, NAME_CHARACTERS))}`,
    outcome === 'error' || outcome === 'cancelled' ? outcome : undefined,
    tokenWords(event),
    took,
  ];
  return `Step ${number}: ${words.filter((word) => word !== undefined).join(', ')}`;
}
