import { factsIn } from '../../model/vocabulary.js';
import { sampleUsage } from './memory-usage.js';
import { knownCost, knownTokens } from '../../catalog/tables/trace-row.js';
import type { TraceRecord } from '../../model/record.js';
import { hasFailed, isFailing, statusList } from '../../model/status.js';
import { folded } from '../../model/text.js';
import { wallNow } from '../../model/timers.js';
import { isExcluded, levelsFrom, type TraceConditions } from '../../model/trace-search.js';
import type { SamplePart, TraceHead, TraceSample } from '../../model/trace.js';

export interface MemoryTrace {
  head: TraceHead;
  records: TraceRecord[];
  /** Ids it had before it was identified. */
  oldIds: Set<string>;
}

export function newestFirst(traces: Iterable<MemoryTrace>): MemoryTrace[] {
  return [...traces].sort((a, b) => b.head.startedAt - a.head.startedAt || (a.head.key < b.head.key ? 1 : -1));
}

export function matches(trace: MemoryTrace, filter: TraceConditions): boolean {
  const { head, records } = trace;
  const { contactId, status, q, since, until, minDurationMs, maxDurationMs, agent, tool } = filter;
  const { idPrefix = '', messageIds, sentMessageIds, links, withErrors, not } = filter;
  const durationUs = (head.endedAt ?? wallNow() * 1000) - head.startedAt;
  return (
    (contactId === undefined || hasContact(trace, contactId)) &&
    (statusList(status)?.includes(head.status) ?? true) &&
    (q === undefined || hasText(trace, q)) &&
    head.traceId.startsWith(idPrefix) &&
    (since === undefined || head.startedAt >= since) &&
    (until === undefined || head.startedAt <= until) &&
    (minDurationMs === undefined || durationUs >= minDurationMs * 1000) &&
    (maxDurationMs === undefined || Math.round(durationUs / 1000) <= maxDurationMs) &&
    (agent === undefined || head.agents.includes(agent)) &&
    (tool === undefined || head.tools.includes(tool)) &&
    (filter.fingerprint === undefined || hasError(records, filter.fingerprint)) &&
    (filter.model === undefined || head.models.includes(filter.model)) &&
    (filter.host === undefined || head.hosts.includes(filter.host)) &&
    (filter.tag === undefined || hasTag(trace, filter.tag)) &&
    (filter.log === undefined || (head.logged !== null && levelsFrom(filter.log).includes(head.logged))) &&
    isBetween(knownCost(head.usage), nano(filter.minCostUsd), nano(filter.maxCostUsd)) &&
    isBetween(knownTokens(head.usage), filter.minTokens, filter.maxTokens) &&
    (!messageIds || messageIds.includes(head.messageId ?? '')) &&
    (!sentMessageIds || sentIds(records).some((id) => sentMessageIds.includes(id as string))) &&
    (!links || links.includes(head.link ?? '')) &&
    (!withErrors || isFailing(head)) &&
    (!not ||
      !isExcluded(not, {
        ...head,
        hasContact: (id) => hasContact(trace, id),
        hasText: (text) => hasText(trace, text),
        hasTag: (tag) => hasTag(trace, tag),
      }))
  );
}

function nano(usd: number | undefined): number | undefined {
  return usd === undefined ? undefined : Math.round(usd * 1e9);
}

function isBetween(value: number | null, min: number | undefined, max: number | undefined): boolean {
  if (min === undefined && max === undefined) return true;
  return value !== null && value >= (min ?? 0) && value <= (max ?? Infinity);
}

function hasTag({ records }: MemoryTrace, wanted: string): boolean {
  return records.some((record) => {
    const { tag } = record.kind === 'event' ? factsIn(record) : {};
    return tag !== undefined && (tag.key === wanted || `${tag.key}=${tag.value}` === wanted);
  });
}

function hasError(records: readonly TraceRecord[], fingerprint: string): boolean {
  return records.some((record) => record.kind === 'error' && record.fingerprint === fingerprint);
}

export function sampleOf(traces: MemoryTrace[]): TraceSample {
  const byStatus: TraceSample['byStatus'] = {};
  const routing = new Map<string, number>();
  const tools = new Map<string, number>();
  const durations: number[] = [];
  for (const { head, records } of traces) {
    byStatus[head.status] = (byStatus[head.status] ?? 0) + 1;
    if (head.endedAt !== null) durations.push((head.endedAt - head.startedAt) / 1000);
    for (const record of records) {
      const { from, to, tool } = record.kind === 'event' ? factsIn(record) : {};
      if (from !== undefined && to !== undefined) count(routing, `${from} → ${to}`);
      if (tool !== undefined) count(tools, tool);
      if (record.kind === 'span' && record.type === 'tool') count(tools, record.name);
    }
  }
  return {
    byStatus,
    durations: durations.sort((a, b) => a - b),
    routing: Array.from(routing, ([route, n]) => ({ route, count: n })),
    tools: Array.from(tools, ([name, n]) => ({ name, count: n })),
    ...sampleUsage(traces),
    buckets: traces
      .map(({ head }) => ({ startedAt: head.startedAt, total: 1, errors: hasFailed(head.status) ? 1 : 0 }))
      .sort((a, b) => a.startedAt - b.startedAt),
  };
}

/** Numbers over these traces. */
export function samplePartOf(traces: MemoryTrace[]): SamplePart {
  const heads = traces.map(({ head }) => head);
  const ended = heads.flatMap(({ startedAt, endedAt }) => (endedAt === null ? [] : [(endedAt - startedAt) / 1000]));
  const { usage } = sampleUsage(traces);
  return {
    total: heads.length,
    failed: heads.filter(({ status }) => hasFailed(status)).length,
    durations: ended.sort((a, b) => a - b),
    weights: ended.map(() => 1),
    replies: heads.reduce((sum, { counts }) => sum + (counts.replies ?? 0), 0),
    ...(usage && { usage }),
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function hasContact({ head, records }: MemoryTrace, contact: string): boolean {
  return head.contactId === contact || contactsOf(records).includes(contact);
}

function contactsOf(records: TraceRecord[]): string[] {
  return records.flatMap((record) => {
    if (record.kind === 'identify') return [...(record.contacts ?? []), ...(record.alias ? [record.alias] : [])];
    return record.kind === 'contact' && record.before !== undefined ? [record.before] : [];
  });
}

function sentIds(records: TraceRecord[]): (string | undefined)[] {
  return records.map((record) => (record.kind === 'event' ? factsIn(record).messageId : undefined));
}

/** Whether the text is in what an index holds of a trace: payloads are not searched. */
function hasText({ head, records }: MemoryTrace, text: string): boolean {
  const errors = records.flatMap((record) =>
    record.kind === 'error' ? [`${record.location}: ${record.type}: ${record.message}`] : [],
  );
  const texts = [head.traceId, head.contactId, head.message, ...contactsOf(records), ...errors];
  return folded(texts.join('\n')).includes(folded(text));
}
