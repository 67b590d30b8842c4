import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { TraceCollectorError } from '../../model/errors.js';
import type { TraceKey } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { CHUNK_CODEC } from '../../shared/chunk.js';
import type { Sql } from '../connection/database.js';
import { Statement } from './statement.js';

/** In all later partitions: a chunk of a trace whose start was not known is in that of its first record. */
const CHUNKS = new Statement(
  `SELECT c.key, c.codec, c.body FROM nestjs_traces.chunks c WHERE c.key = ANY (:keys) AND c.started_us >= :since
   ORDER BY c.key, c.source, c.seq`,
);

interface ChunkRow {
  key: TraceKey;
  codec: number;
  body: Buffer;
}

/** In the thread pool: a long trace would hold up the event loop. */
const unpack = promisify(brotliDecompress);

/** Reads the lines of traces. */
export class ChunkReader {
  /** Chunks that could not be unpacked. They are left out, as a damaged line of a segment is. */
  corrupt = 0;

  /** The lines of each trace that has chunks. @throws TraceCollectorError `DATA_NEWER` */
  async linesOf(sql: Sql, traces: readonly Pick<TraceHead, 'key' | 'startedAt'>[]): Promise<Map<TraceKey, Buffer>> {
    const params = {
      keys: traces.map(({ key }) => key),
      since: traces.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity),
    };
    const rows = await CHUNKS.rows<ChunkRow>(sql, params);
    const unpacked = await Promise.all(rows.map((row) => this.unpacked(row)));
    const lines = new Map<TraceKey, Buffer[]>();
    for (const [i, { key }] of rows.entries()) {
      const known = lines.get(key);
      if (known) known.push(unpacked[i]!);
      else lines.set(key, [unpacked[i]!]);
    }
    return new Map(Array.from(lines, ([key, parts]) => [key, parts.length === 1 ? parts[0]! : Buffer.concat(parts)]));
  }

  private async unpacked({ codec, body }: ChunkRow): Promise<Buffer> {
    if (codec !== CHUNK_CODEC) throw newer(codec);
    try {
      return await unpack(body);
    } catch {
      this.corrupt += 1;
      return Buffer.alloc(0);
    }
  }
}

function newer(codec: number): TraceCollectorError {
  return new TraceCollectorError(
    'DATA_NEWER',
    `The shared store has records that a newer version wrote (codec ${codec}). Update nestjs-trace-collector here.`,
  );
}
