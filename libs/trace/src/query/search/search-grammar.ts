import { contactIdOf } from '../../model/contact-id.js';
import { TraceCollectorError } from '../../model/errors.js';
import { MOMENT_HELP, parseDuration, parseMoment } from '../../model/time.js';
import type { MomentContext, RangeEnd } from '../../model/time.js';
import type { Micros } from '../../model/record.js';
import { parseStatuses, STATUS_FILTER_HELP, statusList, TRACE_STATUSES } from '../../model/status.js';
import type { TraceStatus } from '../../model/status.js';
import type { TextExclusions, TraceConditions } from '../../model/trace-search.js';
import type { TraceFilter } from '../../model/trace.js';

const HELP =
  'A search is made of contact:, status:, agent:, tool:, duration:>2s, since:2h, until:, -negation and "text"';
const TERM = /(-?)(?:(contact|status|agent|tool|duration|since|until):)?(?:"([^"]*)"|(\S+))/giy;

/**
 * Reads the one grammar of the search box, the URL and the command line out of `filter.q`:
 * `contact:ana status:error agent:sofia tool:book duration:>2s since:2h -tool:quote "no reply"`. Words without a key
 * are one text. Values with spaces go into double quotes. A parameter that is given beside `q` and
 * again in it must be the same. Throws `BAD_QUERY`.
 */
export function parseSearch(given: TraceFilter, context: MomentContext): TraceConditions {
  const { q: text, messageId, sentMessageId, link, ...filter } = given;
  const search: TraceConditions = {
    ...filter,
    ...(messageId !== undefined && { messageIds: [messageId] }),
    ...(sentMessageId !== undefined && { sentMessageIds: [sentMessageId] }),
    ...(link !== undefined && { links: [link] }),
  };
  if (filter.contactId !== undefined) search.contactId = contactIdOf(filter.contactId) ?? filter.contactId;
  if (text === undefined) return search;
  const words: string[] = [];
  const excluded: TraceStatus[] = [];
  TERM.lastIndex = 0;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    TERM.lastIndex = at;
    const match = TERM.exec(text);
    if (!match) {
      // A quote that is not closed is text.
      words.push(text.slice(at));
      break;
    }
    at = TERM.lastIndex;
    const [whole, minus = '', key, quoted, bare] = match;
    const value = quoted ?? bare ?? '';
    if (key === undefined) {
      // A lone dash, or a dash before a bare word as in "2024-01": text when nothing follows it.
      if (minus && value !== '') exclude(search, 'texts', value);
      else words.push(quoted === undefined ? whole : value);
    } else if (minus !== '' && key.toLowerCase() === 'status') excluded.push(...statusesOf(value));
    else apply(search, key.toLowerCase(), value, minus !== '', context);
  }
  if (excluded.length > 0) {
    search.status = (statusList(search.status) ?? TRACE_STATUSES).filter((status) => !excluded.includes(status));
  }
  const joined = words.join(' ').trim();
  if (joined !== '') search.q = joined;
  return search;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}

function apply(search: TraceConditions, key: string, value: string, negated: boolean, context: MomentContext): void {
  if (value === '') throw bad(`${key}: has no value`);
  switch (key) {
    case 'contact': {
      const contact = contactIdOf(value) ?? value;
      if (negated) exclude(search, 'contacts', contact);
      else set(search, 'contactId', contact, key);
      return;
    }
    case 'agent':
    case 'tool':
      if (negated) exclude(search, `${key}s`, value);
      else set(search, key, value, key);
      return;
    case 'status': {
      const statuses = statusesOf(value);
      set(search, 'status', statuses.length === 1 ? statuses[0] : statuses, key);
      return;
    }
    case 'duration':
      duration(search, value, negated);
      return;
    default:
      if (negated) throw bad(`-${key}: cannot be; use ${key === 'since' ? 'until' : 'since'}:`);
      set(search, key === 'since' ? 'since' : 'until', moment(value, key as RangeEnd, context), key);
  }
}

function statusesOf(value: string): TraceStatus[] {
  if (value === '') throw bad('status: has no value');
  const statuses = parseStatuses(value);
  if (!statuses) throw bad(`status:${value} is not ${STATUS_FILTER_HELP}`);
  return statuses;
}

function exclude(search: TraceConditions, name: keyof TextExclusions, value: string): void {
  search.not = { ...search.not, [name]: [...(search.not?.[name] ?? []), value] };
}

function duration(search: TraceConditions, value: string, negated: boolean): void {
  const [, sign = '>', amount = ''] = /^(>=|<=|>|<)?(.*)$/.exec(value) ?? [];
  const ms = parseDuration(/^[\d.]+$/.test(amount) ? `${amount}ms` : amount);
  if (ms === undefined) throw bad(`duration:${value} is no duration; write duration:>2s, or duration:<500ms`);
  if (sign.startsWith('>') !== negated) set(search, 'minDurationMs', ms, 'duration');
  else search.maxDurationMs = ms;
}

function moment(value: string, key: RangeEnd, context: MomentContext): Micros {
  const micros = parseMoment(value, key, context);
  if (micros !== undefined) return micros;
  throw bad(`${key}:${value} is no time; write ${MOMENT_HELP}`);
}

function set<K extends keyof TraceConditions>(
  search: TraceConditions,
  name: K,
  value: TraceConditions[K],
  key: string,
): void {
  const known = search[name];
  if (known !== undefined && String(known) !== String(value)) throw bad(`${key}: is given twice`);
  search[name] = value;
}

function bad(what: string): TraceCollectorError {
  return new TraceCollectorError('BAD_QUERY', `Query parameter "q": ${what}. ${HELP}.`);
}
