import { TraceCollectorError } from '../../model/errors.js';
import type { TextSearch } from '../../model/trace-search.js';
import type { TracePage } from '../../model/trace.js';
import type { FindingsResponse, FullTraceResponse, TraceFinding } from '../../contract/responses.js';
import type { FindingsParams } from '../../contract/trace-queries.js';
import { isSuspicious, problemHints } from '../../views/hints/suspicion.js';
import { findMatch } from '../../views/trace/find-match.js';
import { listItem } from '../../views/trace/list-item.js';
import type { QueryContext } from '../query-context.js';
import { parseSearch } from '../search/search-grammar.js';
import { resolveRange } from '../search/time-range.js';
import { showTraces } from '../trace/show-trace.js';
import { withoutInstance } from './instances.query.js';
import { DEFAULT_LIMIT, findPage, NO_TRACES } from './list-traces.query.js';

/** Traces of one answer, and traces that are read for it. A trace with its hints takes about a millisecond. */
const MAX_FINDINGS = 100;
const MAX_EXAMINED = 300;
/** Traces that are read at once: their records are in memory together. */
const BATCH = 50;
const MAX_HINTS = 3;
const MAX_TOOLS = 20;

/** Traces with their hints. The scan ends when it has `limit` traces, or after 300. */
export async function queryFindings(
  context: QueryContext,
  { limit = DEFAULT_LIMIT, before, only, since, until, ...filter }: FindingsParams,
): Promise<FindingsResponse> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_FINDINGS) {
    throw new TraceCollectorError('BAD_QUERY', `limit is ${limit}; give a whole number from 1 to ${MAX_FINDINGS}.`);
  }
  const conditions = parseSearch({ ...filter, ...resolveRange({ since, until }, context) }, context);
  const search = only === 'failed' ? { ...conditions, withErrors: true } : conditions;
  const traces: TraceFinding[] = [];
  let [examined, next, partial, degraded]: [number, string | null, boolean, string | undefined] = [
    0,
    before ?? '',
    false,
    undefined,
  ];
  while (next !== null && traces.length < limit && examined < MAX_EXAMINED) {
    // Without a filter of hints, each trace that is read is a row.
    const most = Math.min(BATCH, MAX_EXAMINED - examined, only === 'suspicious' ? BATCH : limit - traces.length);
    const page: TracePage = await readPage(context, { ...search, limit: most, before: next === '' ? undefined : next });
    for (const [finding, cursor] of await findingsOf(context, page, search.q)) {
      examined += 1;
      next = cursor;
      if (finding && (only !== 'suspicious' || isSuspicious(finding))) traces.push(finding);
      if (traces.length === limit) break;
    }
    if (next === page.cursors.at(-1) || page.heads.length === 0) next = page.next;
    partial ||= page.partial === true;
    degraded ??= page.degraded;
  }
  return {
    count: traces.length,
    traces,
    examined,
    complete: next === null && !partial,
    next,
    ...(partial && { partial: true as const }),
    ...(degraded !== undefined && { degraded }),
  };
}

function readPage(context: QueryContext, search: TextSearch): Promise<TracePage> {
  const asked = withoutInstance(context, search);
  return asked ? findPage(context.store, asked) : Promise.resolve(NO_TRACES);
}

/** Each head of the page with its cursor; `undefined` for a trace that was deleted since it was listed. */
async function findingsOf(
  context: QueryContext,
  { heads, cursors }: TracePage,
  text: string | undefined,
): Promise<[TraceFinding | undefined, string][]> {
  const stored = await context.store.getMany(heads.map(({ traceId }) => traceId));
  const shown = await showTraces(context, stored);
  const byKey = new Map(stored.map(({ head }, index) => [head.key, shown[index]!]));
  return heads.map((head, index) => {
    const trace = byKey.get(head.key);
    const cursor = cursors[index]!;
    if (!trace) return [undefined, cursor];
    const item = listItem(head, context.now);
    return [{ ...item, ...findingOf(trace, head.tools, text), cursor }, cursor];
  });
}

function findingOf(
  trace: FullTraceResponse,
  tools: readonly string[],
  text: string | undefined,
): Omit<TraceFinding, keyof ReturnType<typeof listItem> | 'cursor'> {
  const problems = problemHints(trace);
  const match = text === undefined ? undefined : findMatch(trace, text);
  return {
    hints: problems.slice(0, MAX_HINTS),
    ...(problems.length > MAX_HINTS && { more_hints: problems.length - MAX_HINTS }),
    duplicate_of: trace.webhook.duplicate_of,
    ...(tools.length > 0 && { tools: tools.slice(0, MAX_TOOLS) }),
    ...(match && { match }),
  };
}
