import type { TraceHead, TracePage } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';
import { durationMs } from '../views/durations.js';
import type { Negation, Search } from './search-grammar.js';

const PAGE = 500;
/** So many heads are read for one answer; a search that finds less goes on where this one stopped. */
const MAX_READ = 20_000;

/** A page of the traces that a search is for. What no store can filter by is sorted out here, page by page. */
export async function listMatching(
  reader: Pick<TraceReader, 'list'>,
  search: Search,
  limit: number,
  before?: string,
): Promise<TracePage> {
  const { filter, not, maxDurationMs } = search;
  if (not.length === 0 && maxDurationMs === undefined) return reader.list(filter, limit, before);

  const heads: TraceHead[] = [];
  let cursor = before;
  for (let read = 0; read < MAX_READ; read += PAGE) {
    const page = await reader.list(filter, PAGE, cursor);
    for (const [index, head] of page.heads.entries()) {
      if (!passes(head, search)) continue;
      heads.push(head);
      if (heads.length < limit) continue;
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

function passes(head: TraceHead, { not, maxDurationMs }: Search): boolean {
  if (maxDurationMs !== undefined && durationMs(head) > maxDurationMs) return false;
  return !not.some((negation) => is(head, negation));
}

function is(head: TraceHead, { field, value }: Negation): boolean {
  switch (field) {
    case 'contact':
      return head.contactId === value;
    case 'status':
      return head.status === value;
    case 'agent':
      return head.agents.includes(value) || head.route.includes(value);
    case 'tool':
      return head.tools.includes(value);
    case 'text': {
      const text = value.toLowerCase();
      return [head.message ?? '', head.contactId, head.traceId].some((part) => part.toLowerCase().includes(text));
    }
  }
}
