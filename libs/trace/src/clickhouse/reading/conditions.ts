import { FAILED_STATUSES, statusList } from '../../model/status.js';
import { folded } from '../../model/text.js';
import { wallNow } from '../../model/timers.js';
import type { TextExclusions, TraceConditions } from '../../model/trace-search.js';
import { tagOf, type TagKind } from '../../shared/tags.js';
import { cleanText } from '../connection/clean-text.js';
import type { Params } from '../connection/click-house.js';
import { SHOWN_END, SHOWN_STATUS } from '../heads/shown.js';

/** Conditions on a row of `heads`, all of which must hold. */
export interface Conditions {
  sql: string[];
  params: Params;
  /**
   * An index leads to the few rows that can fit, whatever their version; without one, windows of time are read newest
   * first.
   */
  indexed: boolean;
}

const IS_ONE_OF_TAGS = (name: string): string => `hasAny(tags, {${name}:Array(String)})`;
const DURATION = `(ifNull(${SHOWN_END}, {now:Int64}) - started_us)`;
const FAILED = `(${FAILED_STATUSES.map((status) => `'${status}'`).join(', ')})`;

/** The conditions of a search, except for its range of time and the payloads. */
export function conditionsOf(filter: TraceConditions): Conditions {
  const found = new ConditionList();
  const { contactId, q, idPrefix, messageIds, sentMessageIds, links, instance } = filter;
  if (contactId !== undefined) {
    found.add('(contact_id = {contact:String} OR has(tags, {contactTag:String}))', {
      contact: cleanText(contactId),
      contactTag: tagText('contact', contactId),
    });
  }
  for (const kind of ['agent', 'tool', 'model', 'host', 'tag', 'fingerprint'] as const) {
    const name = filter[kind];
    if (name !== undefined) found.add(`has(tags, {${kind}:String})`, { [kind]: tagText(kind, name) });
  }
  if (messageIds) found.add('message_id IN {messages:Array(String)}', { messages: messageIds.map(cleanText) });
  if (sentMessageIds) found.add(IS_ONE_OF_TAGS('sent'), { sent: tagTexts('sent', sentMessageIds) });
  if (links) found.add(IS_ONE_OF_TAGS('links'), { links: tagTexts('link', links) });
  if (filter.log !== undefined) found.add('has(tags, {log:String})', { log: tagOf('log', filter.log) });
  found.indexed = found.sql.length > 0;

  if (q) found.add('position(search, {q:String}) > 0', { q: cleanText(folded(q)) });
  if (idPrefix) found.add('startsWith(trace_id, {prefix:String})', { prefix: cleanText(idPrefix) });
  if (instance !== undefined) {
    const ofInstance = 'SELECT writer FROM nestjs_traces.sources WHERE instance = {instance:String}';
    found.add(`source IN (${ofInstance})`, { instance: cleanText(instance) });
  }
  const statuses = statusList(filter.status);
  if (statuses) found.add(`${SHOWN_STATUS} IN {statuses:Array(String)}`, { statuses });
  if (filter.withErrors) found.add(`(errors > 0 OR ${SHOWN_STATUS} IN ${FAILED})`);
  addDurations(found, filter);
  addUsage(found, filter);
  addExclusions(found, filter.not);
  return found;
}

class ConditionList implements Conditions {
  readonly sql: string[] = [];
  readonly params: Params = {};
  indexed = false;

  add(sql: string, params: Params = {}): void {
    this.sql.push(sql);
    Object.assign(this.params, params);
  }
}

function addDurations(found: ConditionList, { minDurationMs, maxDurationMs }: TraceConditions): void {
  if (minDurationMs === undefined && maxDurationMs === undefined) return;
  const now = Math.round(wallNow() * 1000);
  if (minDurationMs !== undefined) {
    found.add(`${DURATION} >= {minUs:Float64}`, { minUs: minDurationMs * 1000, now });
  }
  // A list shows durations in rounded milliseconds.
  if (maxDurationMs !== undefined) {
    found.add(`${DURATION} <= {maxUs:Float64}`, { maxUs: maxDurationMs * 1000 + 499, now });
  }
}

/** A trace whose cost, or tokens, are not known is left out. */
function addUsage(found: ConditionList, { minCostUsd, maxCostUsd, minTokens, maxTokens }: TraceConditions): void {
  const compare = (column: string, comparison: string, name: string, value: number | undefined): void => {
    if (value !== undefined) found.add(`ifNull(${column} ${comparison} {${name}:Float64}, 0)`, { [name]: value });
  };
  compare('cost_nano', '>=', 'minNano', nano(minCostUsd));
  compare('cost_nano', '<=', 'maxNano', nano(maxCostUsd));
  compare('tokens', '>=', 'minTokens', minTokens);
  compare('tokens', '<=', 'maxTokens', maxTokens);
}

function nano(usd: number | undefined): number | undefined {
  return usd === undefined ? undefined : Math.round(usd * 1e9);
}

function addExclusions(found: ConditionList, not: TextExclusions = {}): void {
  const { contacts = [], agents = [], tools = [], models = [], hosts = [], tags = [], logs = [], texts = [] } = not;
  const excluded = [
    ...tagTexts('contact', contacts),
    ...tagTexts('agent', agents),
    // Agents that only routed did no work, and are left out also.
    ...tagTexts('route', agents),
    ...tagTexts('tool', tools),
    ...tagTexts('model', models),
    ...tagTexts('host', hosts),
    ...tagTexts('tag', tags),
    ...tagTexts('log', logs),
  ];
  if (excluded.length > 0) found.add(`NOT ${IS_ONE_OF_TAGS('notTags')}`, { notTags: excluded });
  if (contacts.length > 0) {
    found.add('contact_id NOT IN {notContacts:Array(String)}', { notContacts: contacts.map(cleanText) });
  }
  texts.forEach((text, i) => {
    found.add(`position(search, {notText${i}:String}) = 0`, { [`notText${i}`]: cleanText(folded(text)) });
  });
}

function tagText(kind: TagKind, value: string): string {
  return cleanText(tagOf(kind, value));
}

function tagTexts(kind: TagKind, values: readonly string[]): string[] {
  return values.map((value) => tagText(kind, value));
}
