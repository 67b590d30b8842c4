import { TraceCollectorError } from '../model/errors.js';
import type { StoredTrace, TraceFilter, TraceHead } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';
import type { CompareResponse } from '../contract/responses.js';

/** What `last-ok` found, and by what it belongs to the trace it is compared with. */
export interface LastOk {
  stored: StoredTrace;
  chosenBy: Exclude<CompareResponse['chosen_by'], 'id'>;
}

/** Heads to look through for the same agent, and traces to open for the same route. */
const MAX_HEADS = 500;
const MAX_OPENED = 20;

/**
 * The newest completed trace of the same contact; else the newest that came in on the same route and ended with the same
 * agent, or of the same route alone when `trace` reached no agent. Throws `TRACE_NOT_FOUND`.
 */
export async function findLastOk(reader: Pick<TraceReader, 'list' | 'get'>, trace: StoredTrace): Promise<LastOk> {
  const { head } = trace;
  const others = (heads: readonly TraceHead[]): TraceHead[] => heads.filter(({ key }) => key !== head.key);
  const completed = async (filter: TraceFilter, limit: number): Promise<TraceHead[]> =>
    others((await reader.list({ ...filter, status: 'completed' }, limit)).heads);

  // Whoever sent no contact shares `unknown` with everybody else who did not.
  if (head.contactId !== 'unknown') {
    const [newest] = await completed({ contactId: head.contactId }, 2);
    const stored = newest && (await reader.get(newest.traceId));
    if (stored) return { stored, chosenBy: 'contact' };
  }

  const agent = agentOf(head);
  const route = routeOf(trace);
  const candidates = (await completed(agent === undefined ? {} : { agent }, MAX_HEADS)).filter(
    (candidate) => agent === undefined || agentOf(candidate) === agent,
  );
  for (const { traceId } of candidates.slice(0, MAX_OPENED)) {
    const stored = await reader.get(traceId);
    if (stored && routeOf(stored) === route) {
      return { stored, chosenBy: agent === undefined ? 'route' : 'route_and_agent' };
    }
  }
  throw new TraceCollectorError(
    'TRACE_NOT_FOUND',
    `There is no completed trace to compare ${head.traceId} with: none of its contact, and none of its route${agent === undefined ? '' : ` and agent ${JSON.stringify(agent)}`}. Name one by its id.`,
  );
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
