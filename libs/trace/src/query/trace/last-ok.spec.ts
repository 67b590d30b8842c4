import { GUIDE_START, Story } from '../../../../../test/support/story.js';
import type { TraceSearch } from '../../model/trace-search.js';
import type { StoredTrace } from '../../model/trace.js';
import { findCandidates, findLastOk, type Unflagged } from './last-ok.js';

interface TraceFields {
  tools?: string[];
  /** Minutes before the trace that the others are compared with. */
  ago?: number;
  contact?: string;
  agent?: string;
  path?: string;
  status?: 'completed' | 'error';
}

let made = 0;
/** Each is older than the one made before it. */
function trace({
  contact = 'c',
  agent,
  path = '/webhook',
  status = 'completed',
  tools = [],
  ago = (made += 1),
}: TraceFields): StoredTrace {
  const id = `${contact}_${made}_${ago}`;
  const story = new Story(id, id, GUIDE_START - ago * 60_000_000).open({ method: 'POST', path }).identify({ contact });
  for (const name of tools) story.event('tool_execution', { name });
  if (agent) story.event('agent_routing', { from: 'supervisor', to: agent });
  return story.end(status).stored();
}

function reader(...given: StoredTrace[]) {
  const traces = given.toSorted((a, b) => b.head.startedAt - a.head.startedAt);
  const matches = ({ head }: StoredTrace, { contactId, status, agent, until = Infinity }: TraceSearch): boolean =>
    head.startedAt <= until &&
    (contactId === undefined || head.contactId === contactId) &&
    (status === undefined || head.status === status) &&
    (agent === undefined || head.agents.includes(agent));
  const get = async (id: string): Promise<StoredTrace | undefined> => traces.find(({ head }) => head.traceId === id);
  return {
    list: async (search: TraceSearch) => {
      const found = traces.filter((each) => matches(each, search)).slice(0, search.limit);
      return { heads: found.map(({ head }) => head), cursors: found.map(({ head }) => head.key), next: null };
    },
    get,
    getMany: async (ids: readonly string[]) =>
      (await Promise.all(ids.map(get))).filter((stored) => stored !== undefined),
  };
}

const failed = trace({ contact: 'ana', agent: 'sofia', status: 'error', ago: 0 });
/** Ids of traces that have a hint that warns. */
const flagged = new Set<string>();
const unflagged: Unflagged = async (traces) => traces.map(({ head }) => !flagged.has(head.traceId));
const found = async (of: StoredTrace, ...others: StoredTrace[]): Promise<[string, string]> => {
  const { stored, chosenBy } = await findLastOk(reader(of, ...others), of, unflagged);
  return [stored.head.traceId, chosenBy];
};

it('is the newest completed trace of the same contact', async () => {
  const own = trace({ contact: 'ana', agent: 'maria' });
  const older = trace({ contact: 'ana', agent: 'sofia' });
  const others = [trace({ contact: 'bob', agent: 'sofia' }), trace({ contact: 'ana', status: 'error' }), own, older];
  expect(await found(failed, ...others)).toEqual([own.head.traceId, 'contact']);
});

it('falls back to one of the same route and agent', async () => {
  const same = trace({ contact: 'bob', agent: 'sofia' });
  const others = [trace({ contact: 'bob', agent: 'sofia', path: '/webhook/other' }), trace({ agent: 'maria' }), same];
  expect(await found(failed, ...others)).toEqual([same.head.traceId, 'route_and_agent']);
});

it('has only the same route for a trace that reached no agent', async () => {
  const rejected = trace({ contact: 'ana', path: '/webhook/signed?x=1', status: 'error', ago: 0 });
  const same = trace({ contact: 'bob', agent: 'sofia', path: '/webhook/signed' });
  expect(await found(rejected, trace({ contact: 'bob' }), same)).toEqual([same.head.traceId, 'route']);
});

it('is never the trace itself', async () => {
  const only = trace({ contact: 'ana', agent: 'sofia' });
  await expect(found(only)).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
});

it('matches no two traces without a contact', async () => {
  const unknown = trace({ contact: 'unknown', agent: 'sofia', status: 'error', ago: 0 });
  const other = trace({ contact: 'unknown', agent: 'maria', path: '/webhook/other' });
  await expect(found(unknown, other)).rejects.toThrow(/none of its route, with the agent "sofia" or another/);
});

it('is of the same route where its agent has no other trace', async () => {
  const other = trace({ contact: 'bob', agent: 'maria' });
  expect(await found(failed, other)).toEqual([other.head.traceId, 'route']);
});

it('began before the trace', async () => {
  const later = trace({ contact: 'ana', agent: 'sofia', ago: -1 });
  const earlier = trace({ contact: 'ana', agent: 'sofia' });
  expect(await found(failed, later, earlier)).toEqual([earlier.head.traceId, 'contact']);
  await expect(found(failed, later)).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
});

it('used the same tools and has no warning, where one of those that are looked at is like that', async () => {
  const booking = trace({ contact: 'ana', tools: ['book'], status: 'error', ago: 0 });
  const chat = trace({ contact: 'ana' });
  const warned = trace({ contact: 'ana', tools: ['book'] });
  const good = trace({ contact: 'ana', tools: ['find', 'book'] });
  flagged.add(warned.head.traceId);
  expect(await found(booking, chat, warned, good)).toEqual([good.head.traceId, 'contact']);
  expect(await found(booking, chat, warned)).toEqual([chat.head.traceId, 'contact']);
  flagged.add(chat.head.traceId);
  expect(await found(booking, chat, warned)).toEqual([warned.head.traceId, 'contact']);
});

it('has candidates beside it: of the contact, of the agent, and others, newest first', async () => {
  const chosen = trace({ contact: 'ana' });
  const older = [trace({ contact: 'ana' }), trace({ agent: 'sofia' }), trace({}), trace({ agent: 'sofia' })];
  const left = [trace({ contact: 'ana', ago: -1 }), trace({ contact: 'ana', status: 'error' })];
  const store = reader(failed, chosen, ...older, ...left);
  const ids = (await findCandidates(store, failed.head, chosen.head)).map(({ traceId }) => traceId);
  expect(ids).toEqual(older.map(({ head }) => head.traceId));
  const many = reader(failed, chosen, ...Array.from({ length: 30 }, () => trace({ contact: 'ana' })));
  expect(await findCandidates(many, failed.head, chosen.head)).toHaveLength(10);
});
