import type { TraceKey } from '../../model/record.js';
import { hasFailed } from '../../model/status.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import type { TraceReader } from '../../store/port.js';
import type { AssembledTrace } from '../../views/trace/assemble.js';
import { attemptsOf } from '../../views/trace/link-attempts.js';
import type { Attempt } from '../../views/trace/link-attempts.js';
import { NO_LINKS } from '../../views/trace/links.js';
import type { LinkedTrace, Links } from '../../views/trace/links.js';
import { clip, oneLine } from '../../views/text/visible-text.js';

/** Linked traces in one answer. */
const MAX_LINKS = 50;
const MAX_PAGE = 500;
/** Failed ones of each trace that are read for their first error. */
const MAX_OPENED = 3;
const MESSAGE_CHARACTERS = 200;

/**
 * For each trace, in their order: the traces that hand work to it and take work from it. Neighbours only: a chain of
 * jobs is walked link by link. No links where the store does not answer: a trace is shown without them.
 */
export async function findLinks(reader: TraceReader, traces: readonly AssembledTrace[]): Promise<Links[]> {
  try {
    const origins = distinct(traces.flatMap(({ head }) => head.link ?? []));
    const [read, siblings, followers] = await Promise.all([
      origins.length === 0 ? [] : reader.getMany(origins),
      continuing(reader, origins),
      continuing(reader, distinct(traces.flatMap(idsOf))),
    ]);
    const links = traces.map((trace) => linksOf(trace, { read, siblings, followers }));
    return await withErrors(reader, links);
  } catch {
    return traces.map(() => NO_LINKS);
  }
}

/** A carrier that was made before the contact was known holds the provisional id. */
function idsOf({ head, open }: AssembledTrace): string[] {
  return distinct([head.traceId, open?.id ?? head.traceId]);
}

interface Continuing {
  /** Oldest first. */
  heads: readonly TraceHead[];
  /** There are older ones. */
  more: boolean;
}

/** Traces that continue one of those with these ids, one more of each than is shown. */
async function continuing(reader: TraceReader, links: readonly string[]): Promise<Continuing> {
  if (links.length === 0) return { heads: [], more: false };
  const limit = Math.min(MAX_PAGE, (MAX_LINKS + 1) * links.length);
  const { heads, next } = await reader.list({ links, limit });
  return { heads: [...heads].reverse(), more: next !== null };
}

function linksOf(
  trace: AssembledTrace,
  { read, siblings, followers }: { read: readonly StoredTrace[]; siblings: Continuing; followers: Continuing },
): Links {
  const { head } = trace;
  const ids = idsOf(trace);
  // A journal written by hand may have a trace that continues itself.
  const own = followers.heads.filter(({ link, key }) => link !== null && ids.includes(link) && key !== head.key);
  const shown = own.slice(-MAX_LINKS);
  const more = own.length > MAX_LINKS || followers.more;
  const attempts = more ? undefined : attemptsOf(shown);
  const linked = shown.map((each) => linkedTrace(each, 'continued_by', attempts?.get(each.key)));
  const origin = read.find((stored) => head.link !== null && isNamed(stored, head.link));
  if (origin && origin.head.key !== head.key) {
    linked.unshift(linkedTrace(origin.head, 'continues', attemptOf(head, siblings)));
  }
  return { linked, more };
}

/** This trace among those that continue the same one. The numbers of a group that is not read whole are not certain. */
function attemptOf({ key, link }: TraceHead, siblings: Continuing): Attempt | undefined {
  const group = siblings.heads.filter((each) => each.link === link);
  return siblings.more || group.length > MAX_LINKS ? undefined : attemptsOf(group).get(key);
}

function isNamed({ head, records }: StoredTrace, id: string): boolean {
  return (
    head.traceId === id ||
    records.some((record) => (record.kind === 'open' || record.kind === 'identify') && record.id === id)
  );
}

function linkedTrace(head: TraceHead, relation: LinkedTrace['relation'], attempt: Attempt | undefined): LinkedTrace {
  return { head, relation, attempt: attempt ?? null, error: null };
}

async function withErrors(reader: TraceReader, links: readonly Links[]): Promise<Links[]> {
  const failed = new Map<TraceKey, string>();
  for (const { linked } of links) {
    const ofTrace = linked.filter(({ head }) => hasFailed(head.status) && head.errors > 0).slice(-MAX_OPENED);
    for (const { head } of ofTrace) failed.set(head.key, head.traceId);
  }
  if (failed.size === 0) return [...links];
  const read = await reader.getMany(distinct([...failed.values()]));
  const errors = new Map(read.map((stored) => [stored.head.key, firstError(stored)]));
  return links.map(({ linked, more }) => ({
    linked: linked.map((each) => ({ ...each, error: errors.get(each.head.key) ?? null })),
    more,
  }));
}

function firstError({ records }: StoredTrace): string | null {
  const error = records.find((record) => record.kind === 'error');
  if (!error) return null;
  return `${error.type} in ${error.location}: ${clip(oneLine(error.message), MESSAGE_CHARACTERS)}`;
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
