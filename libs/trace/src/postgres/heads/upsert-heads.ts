import type { ShippedTrace } from '../../shared/ship-target.js';
import type { Sql } from '../connection/database.js';
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
 * by an end of its own.
 */
const INTERRUPT = `INSERT INTO nestjs_traces.heads AS h (${INSERTED_COLUMNS.join(', ')})
SELECT ${INSERTED_COLUMNS.map((name) => (TYPES[name] === 'text[]' ? `${name}::text[]` : name)).join(', ')}
FROM unnest(${INSERTED_COLUMNS.map((name, i) => `$${i + 1}::${sent(TYPES[name])}[]`).join(', ')}) AS u(${INSERTED_COLUMNS.join(', ')})
ON CONFLICT (key, started_us) DO UPDATE SET status = excluded.status, ended_us = excluded.ended_us
WHERE h.status IN ('active', 'interrupted') AND excluded.status = 'interrupted' AND h.last_us < excluded.ended_us`;

/** In the order of their keys, so that two transactions lock rows in the same order. `isLive`: the process that ships is their own. */
export async function upsertHeads(
  sql: Sql,
  traces: readonly ShippedTrace[],
  source: { id: number; writer: string; isLive: boolean },
): Promise<void> {
  const sorted = traces.toSorted((a, b) => (a.head.key < b.head.key ? -1 : 1));
  const own = sorted.filter(({ head }) => isKeyOf(source.writer, head.key));
  const others = sorted.filter(({ head }) => !isKeyOf(source.writer, head.key));
  if (own.length > 0) await sql.run(UPSERT, [source.isLive, ...columnsOf(own, source.id)]);
  if (others.length > 0) await sql.run(INTERRUPT, columnsOf(others, source.id));
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

/** Whether the key is one of the process's own traces. Keys without the bits of a UUID are. */
export function isKeyOf(writer: string, key: string): boolean {
  const from = key.indexOf('x');
  if (from === -1) return true;
  const bits = Number.parseInt(writer.slice(0, 8) + writer.slice(9, 11), 16)
    .toString(36)
    .padStart(8, '0');
  return key.startsWith(`${bits}-`, from + 1);
}
