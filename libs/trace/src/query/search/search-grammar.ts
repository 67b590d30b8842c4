import { contactIdOf } from '../../model/contact-id.js';
import { TraceCollectorError } from '../../model/errors.js';
import { MOMENT_HELP, parseDuration, parseMoment } from '../../model/time.js';
import type { MomentContext, RangeEnd } from '../../model/time.js';
import type { Micros } from '../../model/record.js';
import { parseStatuses, STATUS_FILTER_HELP } from '../../model/status.js';
import type { TraceFilter } from '../../model/trace.js';

/** One thing a trace must not be. */
export interface Negation {
  field: 'contact' | 'status' | 'agent' | 'tool' | 'text';
  /** Of `status`: one, or several with commas between them. */
  value: string;
}

export interface Search {
  filter: TraceFilter;
  /** What no store filters by: compared with each head. */
  not: Negation[];
  maxDurationMs?: number;
}

const HELP =
  'A search is made of contact:, status:, agent:, tool:, duration:>2s, since:2h, until:, -negation and "text"';
const TERM = /(-?)(?:(contact|status|agent|tool|duration|since|until):)?(?:"([^"]*)"|(\S+))/giy;

/**
 * Reads the one grammar of the search box, the URL and the command line out of `filter.q`:
 * `contact:ana status:error agent:sofia tool:book duration:>2s since:2h -tool:quote "no reply"`. Words without a key
 * are one text, as they stand. Values with spaces go into double quotes. A parameter that is given beside `q` and
 * again in it must be the same. Throws `BAD_QUERY`.
 */
export function parseSearch(filter: TraceFilter, context: MomentContext): Search {
  const search: Search = { filter: { ...filter }, not: [] };
  if (filter.contactId !== undefined) search.filter.contactId = contactIdOf(filter.contactId) ?? filter.contactId;
  if (filter.q === undefined) return search;
  const words: string[] = [];
  const text = filter.q;
  delete search.filter.q;
  TERM.lastIndex = 0;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    TERM.lastIndex = at;
    const match = TERM.exec(text);
    if (!match) {
      // A quote that is never closed: text, as it stands.
      words.push(text.slice(at));
      break;
    }
    at = TERM.lastIndex;
    const [whole, minus = '', key, quoted, bare] = match;
    const value = quoted ?? bare ?? '';
    if (key === undefined) {
      // A lone dash, or a dash before a bare word as in "2024-01": text when nothing follows it.
      if (minus && value !== '') search.not.push({ field: 'text', value });
      else words.push(quoted === undefined ? whole : value);
    } else apply(search, key.toLowerCase(), value, minus !== '', context);
  }
  const joined = words.join(' ').trim();
  if (joined !== '') search.filter.q = joined;
  return search;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}

function apply(search: Search, key: string, value: string, negated: boolean, context: MomentContext): void {
  if (value === '') throw bad(`${key}: has no value`);
  switch (key) {
    case 'contact': {
      const contact = contactIdOf(value) ?? value;
      if (negated) search.not.push({ field: 'contact', value: contact });
      else set(search.filter, 'contactId', contact, key);
      return;
    }
    case 'agent':
    case 'tool':
      if (negated) search.not.push({ field: key, value });
      else set(search.filter, key, value, key);
      return;
    case 'status': {
      const statuses = parseStatuses(value);
      if (!statuses) throw bad(`status:${value} is not ${STATUS_FILTER_HELP}`);
      if (negated) search.not.push({ field: 'status', value: statuses.join(',') });
      else set(search.filter, 'status', statuses.length === 1 ? statuses[0] : statuses, key);
      return;
    }
    case 'duration':
      duration(search, value, negated);
      return;
    default:
      if (negated) throw bad(`-${key}: cannot be; use ${key === 'since' ? 'until' : 'since'}:`);
      set(search.filter, key === 'since' ? 'since' : 'until', moment(value, key as RangeEnd, context), key);
  }
}

function duration(search: Search, value: string, negated: boolean): void {
  const [, sign = '>', amount = ''] = /^(>=|<=|>|<)?(.*)$/.exec(value) ?? [];
  const ms = parseDuration(/^[\d.]+$/.test(amount) ? `${amount}ms` : amount);
  if (ms === undefined) throw bad(`duration:${value} is no duration; write duration:>2s, or duration:<500ms`);
  if (sign.startsWith('>') !== negated) set(search.filter, 'minDurationMs', ms, 'duration');
  else search.maxDurationMs = ms;
}

function moment(value: string, key: RangeEnd, context: MomentContext): Micros {
  const micros = parseMoment(value, key, context);
  if (micros !== undefined) return micros;
  throw bad(`${key}:${value} is no time; write ${MOMENT_HELP}`);
}

function set<K extends keyof TraceFilter>(filter: TraceFilter, name: K, value: TraceFilter[K], key: string): void {
  const known = filter[name];
  if (known !== undefined && String(known) !== String(value)) throw bad(`${key}: is given twice`);
  filter[name] = value;
}

function bad(what: string): TraceCollectorError {
  return new TraceCollectorError('BAD_QUERY', `Query parameter "q": ${what}. ${HELP}.`);
}
