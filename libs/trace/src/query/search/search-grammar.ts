import { contactIdOf } from '../../model/contact-id.js';
import { TraceCollectorError } from '../../model/errors.js';
import { MOMENT_HELP, parseDuration, parseMoment } from '../../model/time.js';
import type { MomentContext, RangeEnd } from '../../model/time.js';
import type { Micros } from '../../model/record.js';
import { parseStatuses, STATUS_FILTER_HELP, statusList, TRACE_STATUSES } from '../../model/status.js';
import type { TraceStatus } from '../../model/status.js';
import type { TextExclusions, TraceConditions } from '../../model/trace-search.js';
import { LOGGED_LEVELS, type LoggedLevel, type TraceFilter } from '../../model/trace.js';
import { SEARCH_KEYS, searchTerms, type SearchKey } from '../../contract/search-terms.js';

const HELP =
  'A search is made of contact:, status:, agent:, tool:, model:, host:, tag:, instance:, log:warn, duration:>2s, cost:>0.01, tokens:>1000, since:2h, until:, -negation and "text"';

/**
 * Reads the one grammar of the search box, the URL and the command line out of `filter.q`:
 * `contact:ana status:error agent:sofia tool:book model:gpt-5-mini cost:>0.01 duration:>2s since:2h -tool:quote
 * "no reply"`. Words without a key are one text. Values with spaces go into double quotes. A parameter that is given beside `q` and
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
  for (const { whole, key, value, negated, quoted } of searchTerms(text)) {
    if (key === undefined) {
      // A lone dash, or a dash before a bare word as in "2024-01": text when nothing follows it.
      if (negated && value !== '') exclude(search, 'texts', value);
      else words.push(quoted ? value : whole);
    } else if (negated && key === 'status') excluded.push(...statusesOf(value));
    else apply(search, key, value, negated, context);
  }
  if (excluded.length > 0) {
    search.status = (statusList(search.status) ?? TRACE_STATUSES).filter((status) => !excluded.includes(status));
  }
  const joined = words.join(' ').trim();
  if (joined !== '') search.q = joined;
  return search;
}

function apply(search: TraceConditions, key: SearchKey, value: string, negated: boolean, context: MomentContext): void {
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
    case 'model':
    case 'host':
    case 'tag':
      if (negated) exclude(search, `${key}s`, value);
      else set(search, key, value, key);
      return;
    case 'instance':
      if (negated) throw bad('-instance: cannot be; name the one instance that you want');
      set(search, 'instance', value, key);
      return;
    case 'status': {
      const statuses = statusesOf(value);
      set(search, 'status', statuses.length === 1 ? statuses[0] : statuses, key);
      return;
    }
    case 'log': {
      const level = levelOf(value);
      if (negated) exclude(search, 'logs', level);
      else set(search, 'log', level, key);
      return;
    }
    case 'duration':
      duration(search, value, negated);
      return;
    case 'cost':
      if (negated) throw bad('-cost: cannot be; use cost:<0.01 or cost:>0.01');
      between(search, value, key, ['minCostUsd', 'maxCostUsd']);
      return;
    case 'tokens':
      if (negated) throw bad('-tokens: cannot be; use tokens:<1000 or tokens:>1000');
      between(search, value, key, ['minTokens', 'maxTokens']);
      return;
    default:
      if (negated) throw bad(`-${key}: cannot be; use ${key === 'since' ? 'until' : 'since'}:`);
      set(search, key === 'since' ? 'since' : 'until', moment(value, key satisfies RangeEnd, context), key);
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

/** `>` and `>=` are the same, as for durations: a filter has no open ends. */
function between(
  search: TraceConditions,
  value: string,
  key: 'cost' | 'tokens',
  [min, max]: ['minCostUsd', 'maxCostUsd'] | ['minTokens', 'maxTokens'],
): void {
  const [, sign = '>', amount = ''] = /^(>=|<=|>|<)?(.*)$/.exec(value) ?? [];
  const number = (key === 'cost' ? /^\$?\d{1,12}(\.\d{1,9})?$/ : /^\d{1,15}$/).test(amount)
    ? Number(amount.replace('$', ''))
    : undefined;
  if (number === undefined) {
    throw bad(
      `${key}:${value} is no number; write ${key}:>${SEARCH_KEYS[key].slice(1)}, or ${key}:<${SEARCH_KEYS[key].slice(1)}`,
    );
  }
  set(search, sign.startsWith('>') ? min : max, number, key);
}

function levelOf(value: string): LoggedLevel {
  const level = LOGGED_LEVELS.find((each) => each === value.toLowerCase());
  if (!level) throw bad(`log:${value} is no level; write log:warn, log:error or log:fatal`);
  return level;
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
