import type { ValueKind, ValuesResponse } from '../../contract/responses.js';
import { contactSlug } from '../../model/contact-id.js';
import { folded } from '../../model/text.js';
import type { TraceHead } from '../../model/trace.js';
import { contactsOf } from '../../views/trace/list-item.js';
import type { QueryContext } from '../query-context.js';
import { newest } from './examined.js';
import { MAX_LIMIT } from './list-traces.query.js';

const MAX_VALUES = 50;
const DAYS_US = 7 * 86_400_000_000;
/** Newest traces whose names are counted: reading their heads takes about 40 ms. */
const MAX_HEADS = 2_000;

/** Names of one kind that traces of the last seven days have. */
const NAMES: Readonly<Record<ValueKind, (head: TraceHead) => readonly string[]>> = {
  agent: ({ agents, route }) => [...agents, ...route],
  tool: ({ tools }) => tools,
  model: ({ models }) => models,
  host: ({ hosts }) => hosts,
  contact: contactsOf,
  tag: ({ tags }) => Object.entries(tags).flatMap(([key, value]) => [key, `${key}=${value}`]),
  instance: ({ instance }) => (instance === undefined ? [] : [instance]),
};

/**
 * Names that begin with a text, in either case, most frequent first. They are counted in the newest traces; those that only
 * older traces of the last seven days have follow, with the count 0.
 */
export async function queryValues(context: QueryContext, of: ValueKind, prefix = ''): Promise<ValuesResponse> {
  const since = context.now - DAYS_US;
  const wanted = folded(prefix);
  const counts = new Map<string, number>();
  const { heads } = await newest(context.store, { since }, MAX_HEADS);
  const all = [...heads, ...(await olderTraces(context, of, prefix, heads))];
  for (const head of all) {
    for (const name of new Set(NAMES[of](head))) {
      if (folded(name).startsWith(wanted)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  for (const name of await olderNames(context, of, since)) {
    if (folded(name).startsWith(wanted) && !counts.has(name)) counts.set(name, 0);
  }
  const values = Array.from(counts, ([value, traces]) => ({ value, traces }));
  // Names with the same number stay in the order in which they were found: newest first, then by use.
  return { of, values: values.sort((a, b) => b.traces - a.traces).slice(0, MAX_VALUES) };
}

/** Traces of contacts that begin with the text, as ids of traces begin with the contact; the index has them. */
async function olderTraces(
  { store, now }: QueryContext,
  of: ValueKind,
  prefix: string,
  known: readonly TraceHead[],
): Promise<TraceHead[]> {
  if (of !== 'contact' || prefix === '' || known.length < MAX_HEADS) return [];
  const idPrefix = contactSlug(prefix);
  const keys = new Set(known.map(({ key }) => key));
  const { heads } = await store.list({ idPrefix, since: now - DAYS_US, limit: MAX_LIMIT });
  return heads.filter(({ key }) => !keys.has(key));
}

/** Most often used first. */
async function olderNames({ store, own }: QueryContext, of: ValueKind, since: number): Promise<string[]> {
  if (of === 'contact' || of === 'tag') return [];
  if (of === 'instance') {
    const instances = store.instances ? await store.instances() : own ? [own] : [];
    return instances.map(({ instance }) => instance);
  }
  const { steps = [] } = (await store.stats?.sample({ since })) ?? {};
  return steps.filter(({ kind }) => kind === of).map(({ name }) => name);
}
