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

/** Heads that are looked at for the same agent, and traces that are read for the same route. */
const MAX_HEADS = 500;
const MAX_OPENED = 20;

/**
 * The newest completed trace of the same contact; else the newest that came in on the same route and ended with the same
 * agent, or of the same route alone when `trace` reached no agent. Throws `TRACE_NOT_FOUND`.
 */
export async function findLastOk(reader: TraceReader, trace: StoredTrace): Promise<LastOk> {
  const { head } = trace;
  const completed = async (search: TraceSearch): Promise<TraceHead[]> => {
    const { heads } = await reader.list({ ...search, status: 'completed' });
    return heads.filter(({ key }) => key !== head.key);
  };

  // All webhooks without a contact share the contact `unknown`.
  if (head.contactId !== 'unknown') {
    const [newest] = await completed({ contactId: head.contactId, limit: 2 });
    const stored = newest && (await reader.get(newest.traceId));
    if (stored) return { stored, chosenBy: 'contact' };
  }

  const agent = agentOf(head);
  const route = routeOf(trace);
  const heads = await completed({ agent, limit: MAX_HEADS });
  const candidates = agent === undefined ? heads : heads.filter((candidate) => agentOf(candidate) === agent);
  const read = await reader.getMany(candidates.slice(0, MAX_OPENED).map(({ traceId }) => traceId));
  const stored = read.find((candidate) => routeOf(candidate) === route);
  if (stored) return { stored, chosenBy: agent === undefined ? 'route' : 'route_and_agent' };
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
