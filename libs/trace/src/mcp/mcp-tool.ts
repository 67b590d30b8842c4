import type { Given, Parameter, Parameters } from '../contract/parameters.js';
import { helpOf, readParameter } from '../contract/read-parameter.js';
import { TraceCollectorError } from '../model/errors.js';
import type { AllQueries } from '../contract/question.js';

/** The queries of the tools. All of them only read. */
export type McpQueries = Pick<
  AllQueries,
  'traces' | 'trace' | 'lastTrace' | 'lastError' | 'contact' | 'stats' | 'compare'
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

/** Runs a tool with arguments that its schema accepts. @throws `BAD_QUERY` for a text that is no such value */
export async function callTool(tool: McpTool, given: Record<string, unknown>, ask: McpAsk): Promise<object> {
  const read = Object.entries(tool.parameters).map(([name, parameter]) => {
    const value = given[name] ?? parameter.default;
    // The schema has checked numbers and lists; only texts have a form of their own.
    const valid = typeof value === 'string' ? readParameter(parameter, value) : value;
    if (valid !== undefined || value === undefined) return [name, valid];
    throw new TraceCollectorError('BAD_QUERY', `${name} is ${JSON.stringify(value)}; give ${parameter.allowed}.`);
  });
  return tool.run(Object.fromEntries(read) as Given<Parameters>, ask);
}
