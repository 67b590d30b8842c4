import type { Given, Parameter, Parameters } from '../contract/parameters.js';
import { helpOf } from '../contract/read-parameter.js';
import type { AllQueries } from '../contract/question.js';
import { nowIso } from './clock.js';
import { readArguments } from './read-arguments.js';

/** The queries of the tools. All of them only read. */
export type McpQueries = Pick<
  AllQueries,
  | 'traces'
  | 'findings'
  | 'trace'
  | 'lastTrace'
  | 'lastError'
  | 'conversation'
  | 'stats'
  | 'compare'
  | 'errorGroups'
  | 'values'
>;

/** Asks a question of the source that can answer it now: the application, or for `get-trace mcp` its server or directory. */
export type McpAsk = <T>(question: (queries: McpQueries) => Promise<T>) => Promise<T>;

/** One tool of the server. Its arguments are parameters, mostly those of a question. */
export interface McpTool<P extends Parameters = Parameters> {
  name: string;
  title: string;
  description: string;
  parameters: P;
  run(given: Given<P>, ask: McpAsk): Promise<object>;
}

/** Types a tool by its parameters; returns it unchanged. */
export function mcpTool<const P extends Parameters>(tool: McpTool<P>): McpTool {
  return tool as unknown as McpTool;
}

/** The bound of every answer. Parts that do not fit are left out, and the answer says so. */
export function maxTokens<const Tokens extends number>(tokens: Tokens) {
  return {
    type: 'integer',
    min: 500,
    max: 100_000,
    default: tokens,
    allowed: 'a whole number from 500 to 100000',
    help: 'Number of tokens in the answer',
  } as const;
}

/** Longer than any contact id that is recorded: a longer one is shortened as capture shortens it. */
const MAX_CONTACT = 10_000;

/** The JSON Schema of a tool's arguments; the descriptions are what a model reads. */
export function schemaOf(parameters: Parameters): object {
  const named = Object.entries(parameters);
  const properties = Object.fromEntries(
    named.map(([name, parameter]) => [name, { description: helpOf(parameter), ...typeOf(parameter) }]),
  );
  const required = named.flatMap(([name, parameter]) => (parameter.required ? [name] : []));
  return { type: 'object', properties, required, additionalProperties: false };
}

function typeOf(parameter: Parameter): object {
  switch (parameter.type) {
    case 'integer':
      return { type: 'integer', minimum: parameter.min, maximum: parameter.max };
    case 'integers': {
      const items = { type: 'integer', minimum: parameter.min };
      return { type: 'array', items, minItems: 1, maxItems: parameter.maxItems };
    }
    case 'number':
      return { type: 'number', minimum: parameter.min };
    case 'boolean':
      return { type: 'boolean' };
    case 'choice':
      return { type: 'string', enum: parameter.choices };
    case 'text':
      return { type: 'string', minLength: 1, maxLength: parameter.maxLength };
    case 'trace_id':
      return { type: 'string', minLength: 1, maxLength: 128 };
    case 'contact':
      return { type: 'string', minLength: 1, maxLength: MAX_CONTACT };
    default:
      return { type: 'string', minLength: 1, maxLength: 1_000 };
  }
}

/** Tokens of `now`, which every answer has. */
const NOW_TOKENS = 22;

/** Runs a tool. @throws `ToolError` for arguments that it does not take */
export async function callTool(tool: McpTool, given: Record<string, unknown>, ask: McpAsk): Promise<object> {
  const values = readArguments(tool.parameters, given);
  const { max_tokens: most } = values;
  const bounded = typeof most === 'number' ? { ...values, max_tokens: most - NOW_TOKENS } : values;
  return { now: nowIso(), ...(await tool.run(bounded as Given<Parameters>, ask)) };
}
