import { Matches } from 'class-validator';
import { TraceCollectorError } from '../../model/errors.js';
import { asText } from './query-reader.js';
import type { Convert } from './query-reader.js';

const ID_HELP = 'a trace id or the beginning of one';
const TRACE_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The query of `GET /debug/compare`. */
export class CompareQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { a: asText, b: asText };

  @Matches(TRACE_ID, { message: ID_HELP })
  a = '';

  @Matches(TRACE_ID, { message: `${ID_HELP}, or last-ok` })
  b = '';

  /** Both must be given. Throws `BAD_QUERY`. */
  ids(): { a: string; b: string } {
    for (const name of ['a', 'b'] as const) {
      if (this[name] !== '') continue;
      const help = name === 'a' ? ID_HELP : `${ID_HELP}, or last-ok`;
      throw new TraceCollectorError('BAD_QUERY', `Query parameter "${name}" is missing; give ${help}.`);
    }
    return { a: this.a, b: this.b };
  }
}
