import type { ValueKind } from '../contract/responses.js';
import { clipText } from '../views/text/visible-text.js';
import type { McpAsk } from './mcp-tool.js';
import { nearOnes } from './near.js';
import { ToolError } from './tool-error.js';

const NAME_CHARACTERS = 100;
/** Names that are listed where none is like the given one. */
const MAX_COMMON = 8;

/** A filter that names something in the traces. */
type NamedFilter = 'contactId' | 'agent' | 'tool' | 'model' | 'host' | 'tag' | 'instance';

/** The filters, what the values of each are, and the code of the error for an unknown one. */
const NAMED: readonly [filter: NamedFilter, of: ValueKind, code: string][] = [
  ['contactId', 'contact', 'CONTACT_NOT_FOUND'],
  ['agent', 'agent', 'UNKNOWN_VALUE'],
  ['tool', 'tool', 'UNKNOWN_VALUE'],
  ['model', 'model', 'UNKNOWN_VALUE'],
  ['host', 'host', 'UNKNOWN_VALUE'],
  ['tag', 'tag', 'UNKNOWN_VALUE'],
  ['instance', 'instance', 'UNKNOWN_VALUE'],
];

/**
 * Throws for the first filter whose value no stored trace has, with the names that are like it: an empty list would read as
 * "there is none of these". Returns where each value is known, so that only their combination has no trace.
 */
export async function checkNamedValues(params: Partial<Record<NamedFilter, string>>, ask: McpAsk): Promise<void> {
  for (const [filter, of, code] of NAMED) {
    const value = params[filter];
    if (typeof value !== 'string') continue;
    const { count } = await ask((queries) => queries.traces({ [filter]: value, limit: 1 }));
    if (count === 0) throw await unknownValue(of, code, value, ask);
  }
}

/** The error for a value that no stored trace has. */
export async function unknownValue(of: ValueKind, code: string, value: string, ask: McpAsk): Promise<ToolError> {
  const known = await knownValues(of, value, ask);
  const near = nearOnes(value, known);
  const names = near.length > 0 ? near : known.slice(0, MAX_COMMON);
  return new ToolError(code, `No stored trace has the ${of} ${JSON.stringify(clipText(value, NAME_CHARACTERS))}.`, {
    ...(names.length > 0 && { untrusted: { did_you_mean: names.map((name) => clipText(name, NAME_CHARACTERS)) } }),
  });
}

/** Names that traces have: those with the same beginning, then the most frequent ones. None where the store has no list. */
async function knownValues(of: ValueKind, value: string, ask: McpAsk): Promise<string[]> {
  const list = async (prefix?: string): Promise<string[]> => {
    const { values } = await ask((queries) => queries.values(of, prefix));
    return values.map((each) => each.value);
  };
  try {
    return [...new Set([...(await list(value.slice(0, 2))), ...(await list())])];
  } catch {
    // The error names the unknown value also without names that are like it.
    return [];
  }
}
