import { QUESTIONS } from '../../contract/questions.js';
import { fitItems } from '../budget.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';

export const listContactsTool = mcpTool({
  name: 'list_contacts',
  title: 'List contacts',
  description: 'The contacts of the newest traces, newest first.',
  parameters: { ...QUESTIONS.contacts.parameters, max_tokens: maxTokens(2_000) },
  async run({ limit, max_tokens }, ask) {
    const { contacts } = await ask((queries) => queries.contacts(limit));
    const { shown, left } = fitItems(contacts, max_tokens - 60, ({ contact_id, ...rest }) => ({
      ...rest,
      untrusted: { contact_id },
    }));
    return { contacts: shown, ...(left > 0 && { left_out: `${left} older contacts` }) };
  },
});
