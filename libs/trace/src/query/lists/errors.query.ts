import type { ErrorGroupsResponse, ErrorGroupState, ErrorStateResponse } from '../../contract/responses.js';
import type { ErrorGroupsParams } from '../../contract/trace-queries.js';
import { TraceCollectorError } from '../../model/errors.js';
import { folded } from '../../model/text.js';
import { isoMicros } from '../../model/trace-id.js';
import { errorGroups } from '../../views/stats/error-groups.js';
import { assemble } from '../../views/trace/assemble.js';
import { capability } from '../capabilities.js';
import type { QueryContext } from '../query-context.js';
import { resolveRange } from '../search/time-range.js';
import { examined, MAX_OPENED, newest, read } from './examined.js';

/** The errors of the newest traces of the range by group, with the state of each. */
export async function queryErrorGroups(context: QueryContext, given: ErrorGroupsParams): Promise<ErrorGroupsResponse> {
  const { q, state, ...times } = given;
  const range = resolveRange(times, context);
  const { store, now } = context;
  const { heads, complete } = await newest(store, { ...range, withErrors: true }, MAX_OPENED);
  const [stored, marks] = await Promise.all([read(store, heads), store.errors?.marks() ?? []]);
  const until = range.until ?? now;
  const found = errorGroups(stored.map(assemble), examined(range, heads.length, complete), marks, {
    since: range.since,
    until,
  });
  const groups = found.groups.filter(
    (group) =>
      (state === undefined || group.state === state) &&
      (!q || folded(`${group.location}\n${group.type}\n${group.message}`).includes(folded(q))),
  );
  return { ...found, groups };
}

/** Throws `NO_ERRORS` for a fingerprint that neither an error has nor a state was set for. */
export async function setErrorState(
  { store, now }: QueryContext,
  fingerprint: string,
  state: ErrorGroupState,
): Promise<ErrorStateResponse> {
  const errors = capability(store, 'errors');
  if (!errors.mark) {
    throw new TraceCollectorError(
      'NOT_SUPPORTED',
      'This program only reads the traces. Ask the running application to set the state of an error group.',
    );
  }
  const { heads } = await store.list({ fingerprint, limit: 1 });
  const isKnown = heads.length > 0 || (await errors.marks()).some((mark) => mark.fingerprint === fingerprint);
  if (!isKnown) {
    throw new TraceCollectorError(
      'NO_ERRORS',
      `No error has the fingerprint ${JSON.stringify(fingerprint)}. GET /debug/errors lists the groups with theirs.`,
    );
  }
  await errors.mark(fingerprint, state, now);
  return { fingerprint, state, state_since: state === 'open' ? null : isoMicros(now) };
}
