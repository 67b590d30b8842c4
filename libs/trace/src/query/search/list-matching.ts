import type { Micros } from '../../model/record.js';
import { folded } from '../../model/text.js';
import type { TraceHead, TracePage } from '../../model/trace.js';
import type { TraceReader } from '../../store/port.js';
import { durationMs } from '../../views/trace/durations.js';
import { hasMoreTexts, headTexts, moreTexts } from './negated-text.js';
import type { Negation, Search } from './search-grammar.js';

const PAGE = 500;
/** What one answer may cost, in heads read; a search that finds less goes on where this one stopped. */
const MAX_EFFORT = 20_000;
/** Opening a trace takes about as long as reading so many heads. */
const OPENING = 20;

/** A page of the traces that a search is for. What no store can filter by is sorted out here, page by page. */
export async function listMatching(
  reader: Pick<TraceReader, 'list' | 'get'>,
  search: Search,
  limit: number,
  before: string | undefined,
  now: Micros,
): Promise<TracePage> {
  const { filter, not, maxDurationMs } = search;
  if (not.length === 0 && maxDurationMs === undefined) return reader.list(filter, limit, before);

  const heads: TraceHead[] = [];
  let cursor = before;
  let effort = 0;
  while (effort < MAX_EFFORT) {
    const page = await reader.list(filter, PAGE, cursor);
    effort += PAGE;
    for (const [index, head] of page.heads.entries()) {
      const { passed, opened } = await examine(reader, head, search, now);
      if (passed) heads.push(head);
      if (opened) effort += OPENING;
      if (heads.length < limit && effort < MAX_EFFORT) continue;
      const isLast = index === page.heads.length - 1;
      // Asked again for the cursor's sake: only the store knows how to write the place after this very trace.
      const next = isLast ? page.next : (await reader.list(filter, index + 1, cursor)).next;
      return { heads, next };
    }
    if (page.next === null) return { heads, next: null };
    cursor = page.next;
  }
  return { heads, next: cursor ?? null };
}

/** Opens the trace only if its head cannot tell. */
async function examine(
  reader: Pick<TraceReader, 'get'>,
  head: TraceHead,
  { not, maxDurationMs }: Search,
  now: Micros,
): Promise<{ passed: boolean; opened: boolean }> {
  if (maxDurationMs !== undefined && durationMs(head, now) > maxDurationMs) return { passed: false, opened: false };
  if (not.some((negation) => is(head, negation))) return { passed: false, opened: false };
  const unwanted = not.flatMap(({ field, value }) => (field === 'text' ? [folded(value)] : []));
  if (unwanted.length === 0 || !hasMoreTexts(head)) return { passed: true, opened: false };
  const stored = await reader.get(head.traceId);
  // Pruned since it was listed.
  if (!stored) return { passed: false, opened: true };
  const texts = moreTexts(stored);
  return { passed: !unwanted.some((text) => texts.some((each) => each.includes(text))), opened: true };
}

function is(head: TraceHead, { field, value }: Negation): boolean {
  switch (field) {
    case 'contact':
      return head.contactId === value || head.contacts.includes(value);
    case 'status':
      return value.split(',').includes(head.status);
    case 'agent':
      return head.agents.includes(value) || head.route.includes(value);
    case 'tool':
      return head.tools.includes(value);
    case 'text':
      return headTexts(head).some((text) => text.includes(folded(value)));
  }
}
