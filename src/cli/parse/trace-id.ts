import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { parseText } from './text.js';

/** A trace id or its beginning. One that no trace can have is not asked for: the two kinds of source would differ. */
export function parseTraceId(value: string): string {
  const id = parseText(value).trim();
  if (/^[A-Za-z0-9._-]{1,128}$/.test(id)) return id;
  throw new TraceCollectorError(
    'TRACE_NOT_FOUND',
    `No trace can have the id '${id.slice(0, 128)}': ids have letters, digits, '.', '_' and '-' (other characters of a contact become '-'). For a contact, try get-trace contact.`,
  );
}
