import { QUESTIONS } from '../../contract/questions.js';
import { fitItems, tokensOf } from '../budget.js';
import { clipText } from '../../views/text/visible-text.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import { traceRow } from '../trace-row.js';

const { contact_id: contact, limit: newest } = QUESTIONS.contact.parameters;
const LINE_CHARACTERS = 200;

export const contactTimelineTool = mcpTool({
  name: 'contact_timeline',
  title: "A contact's timeline",
  description: "A contact's newest traces and one timeline over all of them, as it happened.",
  parameters: { contact_id: contact, limit: { ...newest, default: 10 }, max_tokens: maxTokens(4_000) },
  async run({ contact_id, limit, max_tokens }, ask) {
    const { count, traces, timeline, degraded } = await ask((queries) => queries.contact(contact_id, limit));
    const rows = fitItems(traces, (max_tokens - 150) / 3, traceRow);
    const room = max_tokens - 150 - tokensOf(rows.shown);
    // The last events explain most: the lines are taken from the end.
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
      ...(degraded !== undefined && { degraded }),
      count,
      traces: rows.shown,
      timeline: lines.shown.reverse(),
      ...(left.length > 0 && { left_out: `${left.join(' and ')}, to stay within max_tokens` }),
    };
  },
});
