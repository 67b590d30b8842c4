import { ATTRIBUTE, textIn, type AttributeValue } from './attributes.js';
import type { PriceOf } from './price.js';
import type { EndFields, Micros, SpanId, TraceRecord } from './record.js';
import type { TraceStatus } from './status.js';
import { LOGGED_LEVELS, type LoggedLevel, type TraceHead, type TraceUsage, type UsageSums } from './trace.js';
import { recordedUsage, type UsageFields } from './usage.js';
import { addCall, emptySums } from './usage-sums.js';
import { clippedLine } from './text.js';
import { eventType, factsIn, readReply, type EventFacts } from './vocabulary.js';

/** Longest list of hops, agents or tools of one trace: an application that generates names must not fill the index. */
const MAX_NAMES = 64;
const MAX_TAGS = 32;
/** Characters of an error in the head, and of its location: a list shows them in one row. */
const MAX_ERROR = 200;
/** Characters of a reply in the head. */
const MAX_REPLY = 100;
/** Model calls of one trace of which each cost is kept. */
const MAX_SPANS = 500;
/** Sums under which further models and agents are added up. */
const OTHER = 'other';

/** The head of a trace without records. `reduceHead` adds the records in the order they were written. */
export function emptyHead(key: string): TraceHead {
  return {
    key,
    traceId: key,
    contactId: 'unknown',
    contacts: [],
    traceparent: '',
    startedAt: 0,
    lastAt: 0,
    endedAt: null,
    status: 'active',
    message: null,
    events: 0,
    errors: 0,
    lateEvents: 0,
    dropped: 0,
    route: [],
    agents: [],
    tools: [],
    counts: {},
    models: [],
    hosts: [],
    tags: {},
    logged: null,
    usage: null,
    statusCode: null,
    messageId: null,
    link: null,
    linkSpan: null,
    type: null,
    identified: false,
  };
}

/**
 * Adds one record to a head, in place. The indexer and the views use this function, so a list and a full trace agree.
 *
 * @param price prices of model calls. Default: no cost is known
 */
export function reduceHead(head: TraceHead, record: TraceRecord, price: PriceOf = noPrice): TraceHead {
  switch (record.kind) {
    case 'open':
      head.traceId = record.id;
      head.traceparent = record.traceparent;
      head.link = record.link ?? null;
      // Without a link it is the span of a caller that is not in the journal.
      head.linkSpan = (record.link !== undefined && record.parent) || null;
      head.startedAt = head.lastAt = record.ts;
      return head;
    case 'identify':
      head.traceId = record.id;
      head.contactId = record.contact;
      head.message = record.message ?? null;
      head.messageId = record.message_id ?? null;
      head.type = record.type ?? null;
      // A second one (`again`) replaces the first and is no second event.
      if (!head.identified) head.events += 1;
      head.identified = true;
      head.contacts = record.contacts ?? [];
      return touch(head, record);
    case 'handler':
      return head;
    case 'contact':
      head.contactId = record.contact;
      return head;
    case 'event':
      head.events += 1;
      addReply(head, record);
      return touch(addEvent(head, record.type, factsIn(record), record.ts, price), record);
    case 'span':
      head.events += 1;
      if (record.type === 'agent') addName(head.agents, record.name);
      else if (record.type === 'tool') addName(head.tools, record.name);
      if (record.attributes) {
        if (record.type === 'llm') addName(head.models, textIn(record.attributes, ATTRIBUTE.model));
        addName(head.hosts, textIn(record.attributes, ATTRIBUTE.host));
      }
      return touch(head, record);
    case 'span_end': {
      const usage = record.usage === undefined ? undefined : recordedUsage(record.usage);
      if (usage) addUsage(head, usage, record.ts, price, record.span);
      return touch(head, record);
    }
    case 'error':
      head.events += 1;
      head.errors += 1;
      head.firstError ??= {
        location: clippedLine(record.location, MAX_ERROR),
        message: clippedLine(record.message, MAX_ERROR),
      };
      // An error after the end is an error of this trace too, so the list must not show "completed".
      if (isGood(head.status)) head.status = 'error';
      return touch(head, record);
    case 'response':
      head.events += 1;
      head.statusCode = record.status;
      return touch(head, record);
    case 'end':
      if (isRefuted(head, record)) return head;
      head.status = isGood(record.status) && head.errors > 0 ? 'error' : record.status;
      head.endedAt = record.ts;
      head.dropped += record.dropped ?? 0;
      return head;
  }
}

/** Whether an error replaces this status. */
function isGood(status: TraceStatus): boolean {
  return status === 'completed' || status === 'silent' || status === 'cancelled';
}

/** Whether the trace of a process that was taken for dead has ended by itself or has later records. */
function isRefuted(head: TraceHead, { by, ts }: EndFields & { ts: Micros }): boolean {
  if (by === undefined) return false;
  return head.lastAt >= ts || (head.status !== 'active' && head.status !== 'interrupted');
}

function touch(head: TraceHead, record: TraceRecord): TraceHead {
  if ('late' in record && record.late) head.lateEvents += record.kind === 'span_end' ? 0 : 1;
  else if (record.ts > head.lastAt) head.lastAt = record.ts;
  return head;
}

function addEvent(head: TraceHead, type: string, facts: EventFacts, at: Micros, price: PriceOf): TraceHead {
  const { counts } = head;
  const name = facts.again ? undefined : eventType(type)?.counts;
  if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  addFacts(head, facts, at, price);
  return head;
}

/** An indexer reads the payloads of replies only. */
function addReply(head: TraceHead, record: Extract<TraceRecord, { kind: 'event' }>): void {
  if (eventType(record.type)?.isReply !== true || record.facts?.again) return;
  const { text } = readReply(record.data);
  if (text !== undefined) head.reply = clippedLine(text, MAX_REPLY);
}

function addFacts(
  head: TraceHead,
  { from, to, tool, level, tag, usage }: EventFacts,
  at: Micros,
  price: PriceOf,
): void {
  if (from !== undefined && to !== undefined) addHop(head, from, to);
  addName(head.tools, tool);
  if (isAbove(level, head.logged)) head.logged = level;
  if (tag && (Object.hasOwn(head.tags, tag.key) || Object.keys(head.tags).length < MAX_TAGS)) setTag(head, tag);
  if (usage) addUsage(head, recordedUsage(usage) ?? {}, at, price);
}

function isAbove(level: string | undefined, than: LoggedLevel | null): level is LoggedLevel {
  const rank = LOGGED_LEVELS.indexOf(level as LoggedLevel);
  return rank >= 0 && (than === null || rank > LOGGED_LEVELS.indexOf(than));
}

/** A new object: a copy of the head may share the old one. */
function setTag(head: TraceHead, { key, value }: { key: string; value: AttributeValue }): void {
  head.tags = Object.fromEntries([...Object.entries(head.tags), [key, value]]);
}

function addUsage(head: TraceHead, usage: UsageFields, at: Micros, price: PriceOf, span?: SpanId): void {
  addName(head.models, usage.model);
  const cost = price(usage, at);
  head.usage ??= noUsage();
  addToSums(head.usage, usage, cost?.nano);
  if (!cost) return;
  addName(head.usage.prices, cost.source);
  if (span !== undefined && Object.keys(head.usage.spans).length < MAX_SPANS) head.usage.spans[span] = cost.nano;
}

function noUsage(): TraceUsage {
  return { ...emptySums(), models: {}, agents: {}, spans: {}, prices: [] };
}

function addToSums(sums: TraceUsage, usage: UsageFields, nano: number | undefined): void {
  addCall(sums, usage, nano);
  if (usage.model !== undefined) addCall(sumsOf(sums.models, usage.model), usage, nano);
  if (usage.agent !== undefined) addCall(sumsOf(sums.agents, usage.agent), usage, nano);
}

function sumsOf(all: Record<string, UsageSums>, given: string): UsageSums {
  const name = Object.hasOwn(all, given) || Object.keys(all).length < MAX_NAMES ? given : OTHER;
  // A model may be called `__proto__`: assigned, that would change the object's prototype.
  if (!Object.hasOwn(all, name)) {
    Object.defineProperty(all, name, { value: emptySums(), enumerable: true, configurable: true, writable: true });
  }
  return all[name]!;
}

function noPrice(): undefined {
  return undefined;
}

/** `a → b → c`: a hop from where the last one ended continues the path, any other begins a new one. */
function addHop(head: TraceHead, from: string, to: string): void {
  if (head.route.length >= MAX_NAMES) return;
  if (head.route.at(-1) !== from) head.route.push(from);
  head.route.push(to);
  addName(head.agents, to);
}

function addName(names: string[], name: string | undefined): void {
  if (name && names.length < MAX_NAMES && !names.includes(name)) names.push(name);
}
