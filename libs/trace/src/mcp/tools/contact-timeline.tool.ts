import { fitItems, tokensOf } from '../budget.js';
import { clipText } from '../../views/text/visible-text.js';
import { CONTACT_ID, maxTokens } from '../mcp-tool.js';
import type { Budgeted, McpTool } from '../mcp-tool.js';
import { traceRow } from '../trace-row.js';

interface ContactArguments extends Budgeted {
  contact_id: string;
  limit?: number;
}

const DEFAULT_TOKENS = 4_000;
const LINE_CHARACTERS = 200;

export const contactTimelineTool: McpTool<ContactArguments> = {
  name: 'contact_timeline',
  title: "A contact's timeline",
  description: "A contact's newest traces and one timeline over all of them, as it happened.",
  arguments: {
    contact_id: CONTACT_ID,
    limit: { type: 'integer', description: 'So many of its newest traces. Default 10.', minimum: 1, maximum: 500 },
    max_tokens: maxTokens(DEFAULT_TOKENS),
  },
  required: ['contact_id'],
  async run({ contact_id, limit = 10, max_tokens = DEFAULT_TOKENS }, ask) {
    const { count, traces, timeline } = await ask((queries) => queries.contact(contact_id, limit));
    const rows = fitItems(traces, (max_tokens - 150) / 3, traceRow);
    const room = max_tokens - 150 - tokensOf(rows.shown);
    // What happened last explains most: the lines are taken from the end.
    const lines = fitItems(timeline.toReversed(), room, ({ trace_id, timestamp, line }) => ({
      trace_id,
      timestamp,
      untrusted: { line: clipText(line, LINE_CHARACTERS) },
    }));
    const left = [
      ...(rows.left > 0 ? [`${rows.left} older traces`] : []),
      ...(lines.left > 0 ? [`${lines.left} earlier lines`] : []),
    ];
    return {
      count,
      traces: rows.shown,
      timeline: lines.shown.reverse(),
      ...(left.length > 0 && { left_out: `${left.join(' and ')}, to stay within max_tokens` }),
    };
  },
};
