import { PARAMETERS } from '../../../libs/trace/src/contract/parameters.js';
import { readParameter } from '../../../libs/trace/src/contract/read-parameter.js';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { parseText } from '../framework/parameter-option.js';

export const ID_HELP = PARAMETERS.id.help;

/**
 * A trace id or its beginning. An id that no trace can have is refused here: a server answers 400 to it, a directory
 * finds nothing.
 */
export function parseTraceId(value: string): string {
  const id = parseText(value).trim();
  if (readParameter(PARAMETERS.id, id) !== undefined) return id;
  throw new TraceCollectorError(
    'TRACE_NOT_FOUND',
    `No trace can have the id '${id.slice(0, 128)}': ids have letters, digits, '.', '_' and '-' (other characters of a contact become '-'). For a contact, try npx nestjs-trace-collector contact.`,
  );
}
