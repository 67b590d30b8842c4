import type { TermNames } from '../../catalog/tables/term-names.js';
import type { Micros } from '../../model/record.js';
import type { Sql } from '../connection/database.js';
import { eachEnded } from './summed-traces.js';
import { PART, Sums } from './sums.js';

/** Changes with each trace of a part that ends, changes or is deleted: each version of a row has another `xmin`. */
const SIGNATURES = `
  SELECT started_us / ${PART} AS part, count(*) || '.' || sum(version) || '.' || sum(xmin::text::bigint) AS signature
  FROM nestjs_traces.heads WHERE started_us BETWEEN $1 AND $2 AND status <> 'active' GROUP BY 1 ORDER BY 1`;

interface Kept {
  signature: string;
  sums: Sums;
}

/**
 * Sums of hours that are not closed, in parts that this process keeps: a page that shows stats asks every few seconds. A part
 * is read again only when one of its traces changed.
 */
export class OpenSums {
  private readonly kept = new Map<Micros, Kept>();

  /** Parts from `from` to before `to`, which are their begins; those without traces are left out. */
  async parts(sql: Sql, names: TermNames, from: Micros, to: Micros): Promise<Sums[]> {
    const rows = await sql.rows<{ part: number; signature: string }>(SIGNATURES, [from, to - 1]);
    const found: Sums[] = [];
    for (const { part, signature } of rows) {
      const at = part * PART;
      const kept = this.kept.get(at);
      const sums = kept?.signature === signature ? kept.sums : await partOf(sql, names, at);
      this.kept.set(at, { signature, sums });
      found.push(sums);
    }
    return found;
  }

  /** Forgets parts of hours that are closed by now. */
  forget(before: Micros): void {
    for (const at of this.kept.keys()) if (at < before) this.kept.delete(at);
  }
}

async function partOf(sql: Sql, names: TermNames, at: Micros): Promise<Sums> {
  const sums = Sums.ofPart(at);
  await eachEnded(sql, at, at + PART - 1, (trace) => sums.add(trace, names));
  return sums;
}
