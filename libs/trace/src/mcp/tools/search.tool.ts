import { QUESTIONS } from '../../contract/questions.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import { listTraces } from './find-traces.tool.js';

const { q, limit, before } = QUESTIONS.traces.parameters;

export const searchTool = mcpTool({
  name: 'search',
  title: 'Search traces',
  description:
    'Finds traces by a text in their message, contact, id or errors, newest first. The query may also hold contact:, status:, agent:, tool:, model:, host:, tag:, log:warn, duration:>2s, cost:>0.01, tokens:>1000, since:2h, until: and -negations, with values of several words in double quotes.',
  parameters: { query: { ...q, help: 'Text to find', required: true }, limit, before, max_tokens: maxTokens(4_000) },
  run: (given, ask) => listTraces({ q: given.query, before: given.before }, given.limit, given.max_tokens, ask),
});
