import { hasFailed } from '../model/status.js';
import type { StoredTrace, TraceHead } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';
import type { AssembledTrace } from '../views/trace/assemble.js';
import { attemptsOf } from '../views/trace/link-attempts.js';
import type { Attempt } from '../views/trace/link-attempts.js';
import { NO_LINKS } from '../views/trace/links.js';
import type { LinkedTrace, Links } from '../views/trace/links.js';
import { clip, oneLine } from '../views/text/visible-text.js';

type Reader = Pick<TraceReader, 'list' | 'get'>;

/** Linked traces in one answer. */
const MAX_LINKS = 50;
/** Failed ones that are opened for the words of their error. */
const MAX_OPENED = 3;
const MESSAGE_CHARACTERS = 200;

/**
 * The traces that hand work to this trace and take work from it. Neighbours only: a chain of jobs is walked link by
 * link. Empty where the store cannot answer: a trace is shown without its links rather than not at all.
 */
export async function findLinks(reader: Reader, { head, open }: AssembledTrace): Promise<Links> {
  try {
    const [origin, others, found] = await Promise.all([
      head.link ? reader.get(head.link) : undefined,
      head.link ? continuing(reader, [head.link]) : [],
      // A carrier that was made before the contact was known holds the provisional id.
      continuing(reader, [...new Set([head.traceId, open?.id ?? head.traceId])]),
    ]);
    // A journal written by hand may have a trace that continues itself.
    const followers = found.filter(({ key }) => key !== head.key);
    const shown = followers.slice(-MAX_LINKS);
    const more = followers.length > MAX_LINKS;
    const own = attemptIn(others, head.key);
    const attempts = more ? undefined : attemptsOf(shown);
    const linked = shown.map((each) => linkedTrace(each, 'continued_by', attempts?.get(each.key)));
    if (origin && origin.head.key !== head.key) linked.unshift(linkedTrace(origin.head, 'continues', own));
    return { linked: await withErrors(reader, linked), more };
  } catch {
    return NO_LINKS;
  }
}

/** Traces that link to one of `ids`, oldest first, one more than are shown. */
async function continuing(reader: Reader, ids: readonly string[]): Promise<TraceHead[]> {
  const pages = await Promise.all(ids.map((link) => reader.list({ link }, MAX_LINKS + 1)));
  // Compared again, for a store that does not know the filter.
  const heads = pages.flatMap(({ heads: page }) => page).filter(({ link }) => link !== null && ids.includes(link));
  return heads.sort((a, b) => a.startedAt - b.startedAt).slice(-(MAX_LINKS + 1));
}

/** Of a group that is too large to be read whole, the numbers are not known. */
function attemptIn(others: readonly TraceHead[], key: string): Attempt | undefined {
  return others.length > MAX_LINKS ? undefined : attemptsOf(others).get(key);
}

function linkedTrace(head: TraceHead, relation: LinkedTrace['relation'], attempt: Attempt | undefined): LinkedTrace {
  return { head, relation, attempt: attempt ?? null, error: null };
}

async function withErrors(reader: Reader, linked: LinkedTrace[]): Promise<LinkedTrace[]> {
  const failed = linked.filter(({ head }) => hasFailed(head.status) && head.errors > 0).slice(-MAX_OPENED);
  for (const each of failed) {
    const stored = await reader.get(each.head.traceId);
    if (stored) each.error = firstError(stored);
  }
  return linked;
}

function firstError({ records }: StoredTrace): string | null {
  const error = records.find((record) => record.kind === 'error');
  if (!error) return null;
  return `${error.type} in ${error.location}: ${clip(oneLine(error.message), MESSAGE_CHARACTERS)}`;
}
