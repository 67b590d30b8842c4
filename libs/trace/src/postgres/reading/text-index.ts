import { folded } from '../../model/text.js';
import type { Database } from '../connection/database.js';

/** What the database can look up of a text. */
export interface TextIndex {
  /** There is an index of trigrams on `heads.search`. */
  trigrams: boolean;
  /** The index has letters of all alphabets; else those of ASCII only, as in a database of the locale C. */
  letters: boolean;
  /** Milliseconds for which rows are filtered one by one by a text that the index does not have. */
  scanMs: number;
}

type Found = Omit<TextIndex, 'scanMs'>;
const NO_INDEX: Found = { trigrams: false, letters: false };

const FIND_INDEX = `SELECT EXISTS (
    SELECT 1 FROM pg_index i JOIN pg_opclass o ON o.oid = ANY (i.indclass)
    WHERE i.indrelid = 'nestjs_traces.heads'::regclass AND o.opcname = 'gin_trgm_ops' AND i.indisvalid) AS trigrams,
  'й' ~ '[[:alpha:]]' AS letters`;

/** Asks the database once; after a failure again. */
export class TextIndexProbe {
  private found: Promise<Found> | undefined;

  constructor(
    private readonly db: Database,
    private readonly scanMs: number,
  ) {}

  async find(): Promise<TextIndex> {
    const found = this.db.target.search === 'scan' ? NO_INDEX : await (this.found ??= this.ask());
    return { ...found, scanMs: this.scanMs };
  }

  private async ask(): Promise<Found> {
    try {
      const [found] = await this.db.rows<Found>(FIND_INDEX);
      // An administrator may install the extension later.
      if (!found?.trigrams) this.found = undefined;
      return found ?? NO_INDEX;
    } catch (error) {
      this.found = undefined;
      throw error;
    }
  }
}

/** Whether the index has an entry for the text: three letters or digits in a row. Without one it would be read as a whole. */
export function hasTrigram(text: string, { trigrams, letters }: Found): boolean {
  const three = letters ? /[\p{L}\p{N}]{3}/u : /[a-z0-9]{3}/;
  return trigrams && three.test(folded(text));
}
