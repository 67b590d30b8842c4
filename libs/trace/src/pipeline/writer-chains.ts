import { SegmentListing } from '../journal/read/segment-listing.js';
import { readHeader, type SegmentInfo } from '../journal/read/segments.js';
import { isWriterAlive } from '../journal/writer-identity.js';
import type { SegmentFields } from '../model/record.js';

/** Identities name checkpoint files, and come from headers that other programs can write. */
const SAFE_WRITER = /^[\w-]{1,100}$/;

/** Segments of one process, in the order it wrote them. */
export interface WriterChain {
  writer: string;
  header: SegmentFields;
  segments: SegmentInfo[];
}

/**
 * The directory's segments by writer, without those that retention made by copying: their records were in the journal
 * before. A segment whose header cannot be read (yet) is left out.
 */
export class WriterChains {
  private readonly listing: SegmentListing;
  private headers = new Map<number, SegmentFields>();

  constructor(dir: string) {
    this.listing = new SegmentListing(dir);
  }

  /** The chains as of now. Throws what the file system throws. */
  list(): Map<string, WriterChain> {
    const chains = new Map<string, WriterChain>();
    const headers = new Map<number, SegmentFields>();
    for (const file of this.listing.list()) {
      const header = file.kept ? undefined : (this.headers.get(file.number) ?? readHeader(file.path));
      if (!header || !SAFE_WRITER.test(header.boot)) continue;
      headers.set(file.number, header);
      const writer = header.boot;
      const chain = chains.get(writer) ?? { writer, header, segments: [] };
      chains.set(writer, chain);
      chain.segments.push(file);
    }
    this.headers = headers;
    return chains;
  }
}

/** Whether the chain's process still runs. */
export function isAlive({ header, segments }: WriterChain): boolean {
  return isWriterAlive(header, Math.max(...segments.map(({ mtimeMs }) => mtimeMs)));
}
