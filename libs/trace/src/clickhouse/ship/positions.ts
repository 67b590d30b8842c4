import type { Checkpoint } from '../../pipeline/checkpoints.js';
import type { ClickHouse } from '../connection/click-house.js';

/** Up to where the records of a process are stored. */
export interface StoredPosition {
  segment: number;
  pos: number;
  last_seq: number;
}

const POSITION = `
SELECT segment, pos, last_seq FROM nestjs_traces.positions FINAL WHERE source = {source:String}`;

/** `undefined`: nothing of this process is stored. */
export async function positionOf(db: ClickHouse, source: string): Promise<StoredPosition | undefined> {
  return (await db.rows<StoredPosition>(POSITION, { source }))[0];
}

/** Whether a position is this place. */
export function isAt(position: StoredPosition | undefined, { segment, offset }: Checkpoint): boolean {
  return (position?.segment ?? 0) === segment && (position?.pos ?? 0) === offset;
}
