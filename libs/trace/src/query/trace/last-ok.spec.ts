import { Story } from '../../../../../test/support/story.js';
import type { TraceSearch } from '../../model/trace-search.js';
import type { StoredTrace } from '../../model/trace.js';
import { findLastOk } from './last-ok.js';

interface TraceFields {
  contact?: string;
  agent?: string;
  path?: string;
  status?: 'completed' | 'error';
}

let made = 0;
function trace({ contact = 'c', agent, path = '/webhook', status = 'completed' }: TraceFields): StoredTrace {
  made += 1;
  const story = new Story(`1-${made}`, `${contact}_${made}`).open({ method: 'POST', path }).identify({ contact });
  if (agent) story.event('agent_routing', { from: 'supervisor', to: agent });
  return story.end(status).stored();
}

/** Newest first, as given. */
function reader(...traces: StoredTrace[]) {
  const matches = ({ head }: StoredTrace, { contactId, status, agent }: TraceSearch): boolean =>
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

const failed = trace({ contact: 'ana', agent: 'sofia', status: 'error' });
const found = async (of: StoredTrace, ...others: StoredTrace[]): Promise<[string, string]> => {
  const { stored, chosenBy } = await findLastOk(reader(of, ...others), of);
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
  const rejected = trace({ contact: 'ana', path: '/webhook/signed?x=1', status: 'error' });
  const same = trace({ contact: 'bob', agent: 'sofia', path: '/webhook/signed' });
  expect(await found(rejected, trace({ contact: 'bob' }), same)).toEqual([same.head.traceId, 'route']);
});

it('is never the trace itself', async () => {
  const only = trace({ contact: 'ana', agent: 'sofia' });
  await expect(found(only)).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
});

it('matches no two traces without a contact', async () => {
  const unknown = trace({ contact: 'unknown', agent: 'sofia', status: 'error' });
  const other = trace({ contact: 'unknown', agent: 'maria' });
  await expect(found(unknown, other)).rejects.toThrow(/none of its route and agent "sofia"/);
});
