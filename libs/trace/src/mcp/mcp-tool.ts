import type { McpAsk } from './mcp-queries.js';

/** JSON Schema of one argument; the description is what a model reads. */
export interface ArgumentSchema {
  type: 'string' | 'integer' | 'number' | 'array';
  description: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: { type: 'integer'; minimum: number };
}

/** One verb of the server. Arguments come checked against the schema. */
export interface McpTool<Arguments extends object = Record<string, unknown>> {
  name: string;
  title: string;
  description: string;
  arguments: Readonly<Record<string, ArgumentSchema>>;
  required?: readonly (keyof Arguments & string)[];
  run(given: Arguments, ask: McpAsk): Promise<object>;
}

export const TRACE_ID: ArgumentSchema = {
  type: 'string',
  description: 'A trace id, or a beginning that only one id has.',
  minLength: 1,
  maxLength: 128,
};

/** Longer than any contact id that is recorded: a longer one is shortened as capture shortens it. */
export const CONTACT_ID: ArgumentSchema = {
  type: 'string',
  description: 'The contact id, whole.',
  minLength: 1,
  maxLength: 10_000,
};

export interface Budgeted {
  max_tokens?: number;
}

/** The bound of every answer, which is kept: what does not fit is left out, and the answer says so. */
export function maxTokens(otherwise: number): ArgumentSchema {
  return {
    type: 'integer',
    description: `At most so many tokens of answer. Default ${otherwise}.`,
    minimum: 500,
    maximum: 100_000,
  };
}
