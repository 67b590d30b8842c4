import { isErrorEvent } from '../events/event-response.js';
import type { ErrorMark } from '../../model/error-mark.js';
import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import type { ErrorGroup, ErrorGroupsResponse, Examined } from '../../contract/responses.js';
import type { AssembledTrace } from '../trace/assemble.js';

/** Bars of each group's sparkline. */
const BARS = 24;

interface Gathering {
  group: Omit<ErrorGroup, 'traces' | 'contacts' | 'bars' | 'first_seen' | 'last_seen' | 'state' | 'state_since'>;
  times: Micros[];
  first: Micros;
  last: Micros;
  traces: Set<string>;
  contacts: Set<string>;
}

/**
 * The errors of these traces by fingerprint: number, traces, contacts, first and last time.
 *
 * @param marks states that were set
 * @param range requested range; the bars cover the part of it that was examined
 */
export function errorGroups(
  traces: readonly AssembledTrace[],
  examined: Examined,
  marks: readonly ErrorMark[],
  range: { since?: Micros; until: Micros },
): ErrorGroupsResponse {
  const groups = new Map<string, Gathering>();
  for (const { head, events, errors } of traces) {
    const times = events.filter(({ dto }) => isErrorEvent(dto)).map(({ at }) => at);
    for (const [index, { dto }] of errors.entries()) {
      const at = times[index] ?? head.lastAt;
      const { fingerprint, type, location, message } = dto;
      const known = groups.get(fingerprint);
      const gathering = known ?? {
        group: { fingerprint, type, location, message, count: 0, last_trace_id: head.traceId },
        times: [],
        first: at,
        last: at,
        traces: new Set(),
        contacts: new Set(),
      };
      if (!known) groups.set(fingerprint, gathering);
      gathering.group.count += 1;
      gathering.times.push(at);
      gathering.traces.add(head.key);
      gathering.contacts.add(head.contactId);
      gathering.first = Math.min(gathering.first, at);
      if (at >= gathering.last) {
        gathering.last = at;
        Object.assign(gathering.group, { type, location, message, last_trace_id: head.traceId });
      }
    }
  }
  const marked = new Map(marks.map((mark) => [mark.fingerprint, mark]));
  const all = [...groups.values()];
  const first = all.reduce((least, group) => Math.min(least, group.first), Infinity);
  const from = examined.complete ? Math.min(first, range.since ?? first) : first;
  const to = all.reduce((most, { last }) => Math.max(most, last), range.until);
  return {
    ...examined,
    bars_from: all.length === 0 ? null : isoMicros(from),
    bars_to: all.length === 0 ? null : isoMicros(to),
    groups: all
      .map(({ group, times, first: firstSeen, last, traces: hit, contacts }) => ({
        ...group,
        traces: hit.size,
        contacts: contacts.size,
        first_seen: isoMicros(firstSeen),
        last_seen: isoMicros(last),
        ...stateOf(marked.get(group.fingerprint), last),
        bars: bars(times, from, to),
      }))
      .sort((a, b) => b.count - a.count || (a.last_seen < b.last_seen ? 1 : -1)),
  };
}

/** A group that was resolved is open again with its next error. */
function stateOf(mark: ErrorMark | undefined, last: Micros): Pick<ErrorGroup, 'state' | 'state_since'> {
  if (!mark || (mark.state === 'resolved' && last > mark.at)) return { state: 'open', state_since: null };
  return { state: mark.state, state_since: isoMicros(mark.at) };
}

function bars(times: readonly Micros[], from: Micros, to: Micros): number[] {
  const counts = Array.from({ length: BARS }, () => 0);
  const width = Math.max(1, (to - from) / BARS);
  for (const at of times) {
    const bar = Math.min(BARS - 1, Math.floor((at - from) / width));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return counts;
}
