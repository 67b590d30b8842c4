import { QUESTIONS } from '../../contract/questions.js';
import { searchTerms } from '../../contract/search-terms.js';
import type { SearchKey } from '../../contract/search-terms.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import { checkNamedValues } from '../unknown-values.js';
import { listTraces } from './find-traces.tool.js';

const { q, limit, before } = QUESTIONS.findings.parameters;

export const searchTool = mcpTool({
  name: 'search',
  title: 'Search traces',
  description:
    'Finds traces by a text in their message, contact, id, errors or payloads, newest first; each row says which step matched. The query may also hold contact:, status:, agent:, tool:, model:, host:, tag:, log:warn, duration:>2s, cost:>0.01, tokens:>1000, since:2h, until: and -negations, with values of several words in double quotes.',
  parameters: { query: { ...q, help: 'Text to find', required: true }, limit, before, max_tokens: maxTokens(4_000) },
  async run(given, ask) {
    const answer = await listTraces({ q: given.query, before: given.before }, given.limit, given.max_tokens, ask);
    if ((answer as { count: number }).count === 0 && given.before === undefined) {
      await checkNamedValues(namedIn(given.query), ask);
    }
    return answer;
  },
});

/** The values of a query that name something: `agent:sofia`. */
function namedIn(query: string): Partial<Record<SearchKey | 'contactId', string>> {
  const terms = searchTerms(query).filter(({ key, negated }) => key !== undefined && !negated);
  return Object.fromEntries(terms.map(({ key, value }) => [key === 'contact' ? 'contactId' : key, value]));
}
