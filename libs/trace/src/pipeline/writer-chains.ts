import { SegmentListing } from '../journal/read/segment-listing.js';
import { readWriter, type SegmentInfo } from '../journal/read/segments.js';
import { isWriterAlive, type WriterIdentity } from '../journal/writer-identity.js';

/** Identities name checkpoint files, and come from headers that other programs can write. */
const SAFE_WRITER = /^[\w-]{1,100}$/;

/** Segments of one process, in the order it wrote them. */
export interface WriterChain {
  writer: string;
  identity: WriterIdentity;
  segments: SegmentInfo[];
}

/**
 * The directory's segments by writer, without those that retention made by copying: their records were in the journal
 * before. A segment whose header cannot be read (yet) is left out.
 */
export class WriterChains {
  private readonly listing: SegmentListing;
  private identities = new Map<number, WriterIdentity>();

  constructor(dir: string) {
    this.listing = new SegmentListing(dir);
  }

  /** The chains as of now. Throws what the file system throws. */
  list(): Map<string, WriterChain> {
    const chains = new Map<string, WriterChain>();
    const identities = new Map<number, WriterIdentity>();
    for (const file of this.listing.list()) {
      const identity = file.kept ? undefined : (this.identities.get(file.number) ?? readWriter(file.path));
      if (!identity || !SAFE_WRITER.test(identity.id)) continue;
      identities.set(file.number, identity);
      const writer = identity.id;
      const chain = chains.get(writer) ?? { writer, identity, segments: [] };
      chains.set(writer, chain);
      chain.segments.push(file);
    }
    this.identities = identities;
    return chains;
  }
}

/** Whether the chain's process still runs. */
export function isAlive({ identity, segments }: WriterChain): boolean {
  return isWriterAlive(identity, Math.max(...segments.map(({ mtimeMs }) => mtimeMs)));
}
