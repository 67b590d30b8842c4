import type { Micros, TraceKey } from '../../model/record.js';
import { tagOf } from '../../shared/tags.js';
import { cleanText } from '../connection/clean-text.js';
import type { ClickHouse } from '../connection/click-house.js';
import { IS_KEPT } from '../heads/shown.js';

/** Ids in one statement: parameters are in its address. */
const AT_ONCE = 1_000;

const OF_CONTACT = `
SELECT key, groupUniqArray(trace_id) AS ids, groupUniqArray(intDiv(started_us, {width:Int64})) AS days
FROM nestjs_traces.heads
WHERE (contact_id = {contact:String} OR has(tags, {tag:String})) AND started_us <= {until:Int64} AND ${IS_KEPT}
GROUP BY key`;
const LINKED = `
SELECT key, arrayFilter(tag -> has({links:Array(String)}, tag), tags) AS links FROM nestjs_traces.heads
WHERE hasAny(tags, {links:Array(String)}) AND ${IS_KEPT}`;

/** What the traces of a contact were. */
export interface RemovedTraces {
  removed: number;
  /** Partitions that have their rows. */
  days: number[];
  /** Ids of theirs that other traces have as their link. */
  linkedIds: string[];
  /** The traces that have them. */
  linking: TraceKey[];
}

/** Takes the traces of a contact out of all answers, pinned or not: also what running ones still write. */
export async function removeContact(
  db: ClickHouse,
  contactId: string,
  until: Micros,
  width: number,
): Promise<RemovedTraces> {
  const contact = cleanText(contactId);
  const tag = cleanText(tagOf('contact', contactId));
  const rows = await db.rows<{ key: string; ids: string[]; days: number[] }>(OF_CONTACT, {
    contact,
    tag,
    until,
    width,
  });
  await db.insert(
    'removed',
    rows.map(({ key }) => ({ key, erased: 1 })),
  );
  const linkedIds = new Set<string>();
  const linking = new Set<TraceKey>();
  const ids = rows.flatMap((row) => row.ids);
  const prefix = tagOf('link', '').length;
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const links = ids.slice(i, i + AT_ONCE).map((id) => tagOf('link', id));
    for (const row of await db.rows<{ key: string; links: string[] }>(LINKED, { links })) {
      linking.add(row.key);
      for (const link of row.links) linkedIds.add(link.slice(prefix));
    }
  }
  return {
    removed: rows.length,
    days: [...new Set(rows.flatMap(({ days }) => days))],
    linkedIds: [...linkedIds],
    linking: [...linking],
  };
}
