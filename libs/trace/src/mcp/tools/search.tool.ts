import { maxTokens } from '../mcp-tool.js';
import type { Budgeted, McpTool } from '../mcp-tool.js';
import { listTraces } from './find-traces.tool.js';

interface SearchArguments extends Budgeted {
  query: string;
  limit?: number;
  before?: string;
}

const DEFAULT_TOKENS = 4_000;

export const searchTool: McpTool<SearchArguments> = {
  name: 'search',
  title: 'Search traces',
  description:
    'Finds traces by a text in their message, contact, id or errors, newest first. The query may also hold contact:, status:, agent:, tool:, duration:>2s, since:2h, until: and -negations, with values of several words in double quotes.',
  arguments: {
    query: { type: 'string', description: 'What to look for.', minLength: 1, maxLength: 1_000 },
    limit: { type: 'integer', description: 'At most so many. Default 20.', minimum: 1, maximum: 500 },
    before: { type: 'string', description: '`next` of the answer before.', minLength: 1, maxLength: 1_000 },
    max_tokens: maxTokens(DEFAULT_TOKENS),
  },
  required: ['query'],
  run({ query, limit = 20, before, max_tokens = DEFAULT_TOKENS }, ask) {
    return listTraces({ q: query, before }, limit, max_tokens, ask);
  },
};
