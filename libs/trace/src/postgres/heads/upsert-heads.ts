import type { ShippedTrace } from '../../shared/ship-target.js';
import type { Sql } from '../connection/database.js';
import { isKeyOf } from './key-owner.js';
import { headValues, INSERTED_COLUMNS } from './head-row.js';

const TYPES: Record<(typeof INSERTED_COLUMNS)[number], string> = {
  key: 'text',
  started_us: 'int8',
  source: 'int4',
  version: 'int8',
  trace_id: 'text',
  contact_id: 'text',
  status: 'text',
  last_us: 'int8',
  ended_us: 'int8',
  errors: 'int4',
  message_id: 'text',
  tags: 'text[]',
  search: 'text',
  cost_nano: 'int8',
  tokens: 'int8',
  doc: 'text',
  uses: 'text',
};

/** An array of arrays would be flattened by `unnest`, so each row's tags come as the text of an array. */
const sent = (type: string): string => (type === 'text[]' ? 'text' : type);

/**
 * The row was ended as interrupted because its process was taken for dead, and what comes now is from before that end and
 * does not have it: the shipper folded it before, or without, the record of the end. `isRefuted` of `reduceHead` in SQL.
 */
const STAYS_INTERRUPTED =
  "NOT $1 AND h.status = 'interrupted' AND excluded.status = 'active' AND excluded.last_us < h.ended_us";

const SET = INSERTED_COLUMNS.filter((name) => name !== 'key' && name !== 'started_us').map((name) => {
  if (name !== 'status' && name !== 'ended_us') return `${name} = excluded.${name}`;
  return `${name} = CASE WHEN ${STAYS_INTERRUPTED} THEN h.${name} ELSE excluded.${name} END`;
});

/** Columns as arrays, from parameter 2 on. The rows of a trace's own process replace others by their version. */
const UPSERT = `INSERT INTO nestjs_traces.heads AS h (${INSERTED_COLUMNS.join(', ')})
SELECT ${INSERTED_COLUMNS.map((name) => (TYPES[name] === 'text[]' ? `${name}::text[]` : name)).join(', ')}
FROM unnest(${INSERTED_COLUMNS.map((name, i) => `$${i + 2}::${sent(TYPES[name])}[]`).join(', ')}) AS u(${INSERTED_COLUMNS.join(', ')})
ON CONFLICT (key, started_us) DO UPDATE SET ${SET.join(', ')}
WHERE h.version <= excluded.version OR h.source <> excluded.source`;

/**
 * The one thing that another process records of a trace: that its own process is gone. It is refuted by later records and
 * by an end of its own. A row that retention deleted meanwhile does not come back.
 */
const INTERRUPT = `UPDATE nestjs_traces.heads h SET status = 'interrupted', ended_us = u.ended_us
FROM unnest($1::text[], $2::int8[], $3::int8[]) AS u(key, started_us, ended_us)
WHERE h.key = u.key AND h.started_us = u.started_us
  AND h.status IN ('active', 'interrupted') AND h.last_us < u.ended_us`;

/** In the order of their keys, so that two transactions lock rows in the same order. `isLive`: the process that ships is their own. */
export async function upsertHeads(
  sql: Sql,
  traces: readonly ShippedTrace[],
  { source, writer, isLive }: { source: number; writer: string; isLive: boolean },
): Promise<void> {
  const sorted = traces.toSorted((a, b) => (a.head.key < b.head.key ? -1 : 1));
  const own = sorted.filter(({ head }) => isKeyOf(writer, head.key)).map(goingOn);
  if (own.length > 0) await sql.run(UPSERT, [isLive, ...columnsOf(own, source)]);
  const ended = sorted.filter(({ head }) => head.status === 'interrupted' && !isKeyOf(writer, head.key));
  if (ended.length === 0) return;
  const heads = ended.map(({ head }) => head);
  await sql.run(INTERRUPT, [
    heads.map(({ key }) => key),
    heads.map(({ startedAt }) => startedAt),
    heads.map(({ endedAt }) => endedAt),
  ]);
}

/** Maintenance had ended the trace of a process that was cut off, the shipper read it so, and then the process went on. */
function goingOn(trace: ShippedTrace): ShippedTrace {
  const { head } = trace;
  if (head.status !== 'interrupted' || head.endedAt === null || head.lastAt <= head.endedAt) return trace;
  return { ...trace, head: { ...head, status: 'active', endedAt: null } };
}

function columnsOf(traces: readonly ShippedTrace[], source: number): unknown[][] {
  const columns: unknown[][] = INSERTED_COLUMNS.map(() => []);
  const tags = INSERTED_COLUMNS.indexOf('tags');
  for (const trace of traces) {
    headValues(trace, source).forEach((value, i) =>
      columns[i]!.push(i === tags ? arrayText(value as string[]) : value),
    );
  }
  return columns;
}

/** PostgreSQL's text form of an array of texts. */
export function arrayText(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
