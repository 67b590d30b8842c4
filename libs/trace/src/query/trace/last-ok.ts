import { TraceCollectorError } from '../../model/errors.js';
import type { TraceSearch } from '../../model/trace-search.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import type { TraceReader } from '../../store/port.js';
import type { CompareResponse } from '../../contract/responses.js';

/** The trace that `last-ok` means, and what it has in common with the one it is compared with. */
export interface LastOk {
  stored: StoredTrace;
  chosenBy: Exclude<CompareResponse['chosen_by'], 'id'>;
}

/** Whether each of these traces went well and has no hint that warns. */
export type Unflagged = (traces: readonly StoredTrace[]) => Promise<boolean[]>;

/** Heads that are looked at for the same agent, and traces that are read for the same route. */
const MAX_HEADS = 500;
const MAX_OPENED = 20;
/** Traces of which the hints are made: that takes some milliseconds for each. */
const MAX_JUDGED = 5;
/** Other traces that an answer names. */
const MAX_CANDIDATES = 10;

/**
 * A completed trace that began before `trace`: of the same contact; else of the same route and agent; else of the same
 * route. Among these the newest that used the same tools and has no hint that warns, within some traces that are looked at;
 * where there is none, the newest. Throws `TRACE_NOT_FOUND`.
 */
export async function findLastOk(reader: TraceReader, trace: StoredTrace, unflagged: Unflagged): Promise<LastOk> {
  const { head } = trace;
  const ofContact = await completedOfContact(reader, head, MAX_OPENED);
  if (ofContact.length > 0) {
    const ranked = byTools(ofContact, head).slice(0, MAX_JUDGED);
    const stored = await bestOf(await reader.getMany(ranked.map(({ traceId }) => traceId)), head, unflagged);
    if (stored) return { stored, chosenBy: 'contact' };
  }

  const agent = agentOf(head);
  const route = routeOf(trace);
  const onRoute = async (heads: readonly TraceHead[]): Promise<StoredTrace | undefined> => {
    const read = await reader.getMany(heads.slice(0, MAX_OPENED).map(({ traceId }) => traceId));
    return bestOf(
      read.filter((candidate) => routeOf(candidate) === route),
      head,
      unflagged,
    );
  };
  if (agent !== undefined) {
    const heads = await completedBefore(reader, head, { agent, limit: MAX_HEADS });
    const stored = await onRoute(heads.filter((candidate) => agentOf(candidate) === agent));
    if (stored) return { stored, chosenBy: 'route_and_agent' };
  }
  const stored = await onRoute(await completedBefore(reader, head, { limit: MAX_HEADS }));
  if (stored) return { stored, chosenBy: 'route' };
  throw new TraceCollectorError(
    'TRACE_NOT_FOUND',
    `There is no completed trace before ${head.traceId} to compare it with: none of its contact, and none of its route${agent === undefined ? '' : `, with the agent ${JSON.stringify(agent)} or another`}. Name one by its id.`,
  );
}

/** Other traces to compare with, newest first: of the same contact, then of the same agent, then any. */
export async function findCandidates(
  reader: TraceReader,
  head: TraceHead,
  chosen: Pick<TraceHead, 'key'>,
): Promise<TraceHead[]> {
  const agent = agentOf(head);
  const limit = MAX_CANDIDATES + 1;
  const found = new Map<string, TraceHead>();
  const add = (heads: readonly TraceHead[]): void => {
    for (const each of heads) if (each.key !== chosen.key && found.size < MAX_CANDIDATES) found.set(each.key, each);
  };
  add(await completedOfContact(reader, head, limit));
  if (agent !== undefined && found.size < MAX_CANDIDATES) add(await completedBefore(reader, head, { agent, limit }));
  if (found.size < MAX_CANDIDATES) add(await completedBefore(reader, head, { limit }));
  return Array.from(found.values()).sort((a, b) => b.startedAt - a.startedAt);
}

/** All webhooks without a contact share the contact `unknown`. */
async function completedOfContact(reader: TraceReader, head: TraceHead, limit: number): Promise<TraceHead[]> {
  const { contactId } = head;
  return contactId === 'unknown' ? [] : completedBefore(reader, head, { contactId, limit });
}

async function completedBefore(
  reader: TraceReader,
  { key, startedAt }: TraceHead,
  search: TraceSearch,
): Promise<TraceHead[]> {
  const { heads } = await reader.list({ ...search, status: 'completed', until: startedAt });
  return heads.filter((head) => head.key !== key && head.startedAt < startedAt);
}

/** Those that used the same tools first, else in their order. */
function byTools<T extends Pick<TraceHead, 'tools'>>(heads: readonly T[], { tools }: TraceHead): T[] {
  const isLike = (head: T): boolean => tools.every((tool) => head.tools.includes(tool));
  return [...heads.filter(isLike), ...heads.filter((head) => !isLike(head))];
}

/** @param traces newest first */
async function bestOf(
  traces: readonly StoredTrace[],
  head: TraceHead,
  unflagged: Unflagged,
): Promise<StoredTrace | undefined> {
  const ranked = byTools(
    traces.map((stored) => ({ stored, tools: stored.head.tools })),
    head,
  ).slice(0, MAX_JUDGED);
  if (ranked.length < 2) return ranked[0]?.stored;
  const fine = await unflagged(ranked.map(({ stored }) => stored));
  return ranked[Math.max(0, fine.indexOf(true))]!.stored;
}

function agentOf({ route, agents }: TraceHead): string | undefined {
  return route.at(-1) ?? agents.at(-1);
}

/** How it came in: the request's method and path, or what kind of work it was. */
function routeOf({ records }: StoredTrace): string {
  const open = records.find((record) => record.kind === 'open');
  if (open?.path !== undefined) return `${open.method ?? ''} ${open.path.split('?')[0]}`;
  const identify = records.find((record) => record.kind === 'identify');
  return identify?.type ?? '';
}
