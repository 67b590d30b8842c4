import { QUESTIONS } from '../../contract/questions.js';
import type { ConversationResponse, ConversationTurn } from '../../contract/responses.js';
import { clipText } from '../../views/text/visible-text.js';
import { fitItems, leftOut, tokensOf } from '../budget.js';
import { ago } from '../clock.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import type { McpAsk } from '../mcp-tool.js';
import { unknownValue } from '../unknown-values.js';

const { contact_id: contact, limit: newest, before } = QUESTIONS.conversation.parameters;
const MESSAGE_CHARACTERS = 120;
const REPLY_CHARACTERS = 120;
const HINT_CHARACTERS = 160;

export const contactTimelineTool = mcpTool({
  name: 'contact_timeline',
  title: "A contact's timeline",
  description:
    "A contact's newest traces as they happened, oldest first, one line each: message, reply, duration, status and first hint; redelivered webhooks are marked.",
  parameters: { contact_id: contact, limit: { ...newest, default: 10 }, before, max_tokens: maxTokens(3_000) },
  async run({ contact_id, limit, before: cursor, max_tokens }, ask) {
    const { turns, next, degraded } = await conversation(contact_id, { limit, before: cursor }, ask);
    const frame = {
      ...(degraded !== undefined && { degraded }),
      count: turns.length,
      traces: [],
      next,
      ...leftOut({ what: 'older traces', count: 1, how_to_get: OLDER }),
    };
    // The last ones explain most: they are taken from the end.
    const rows = fitItems(turns.toReversed(), max_tokens - tokensOf(frame) - 10, turnRow);
    return {
      ...frame,
      count: rows.shown.length,
      traces: rows.shown.reverse(),
      left_out: undefined,
      ...leftOut({ what: 'older traces', count: rows.left, how_to_get: OLDER }),
    };
  },
});

const OLDER = 'contact_timeline with a larger max_tokens';

async function conversation(
  contactId: string,
  page: { limit: number; before?: string },
  ask: McpAsk,
): Promise<ConversationResponse> {
  try {
    return await ask((queries) => queries.conversation(contactId, page));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'CONTACT_NOT_FOUND') throw error;
    throw await unknownValue('contact', 'CONTACT_NOT_FOUND', contactId, ask);
  }
}

function turnRow(turn: ConversationTurn, scale: number) {
  const { trace, message, replies, refusals, duplicate_of, debug_hints } = turn;
  const clip = (text: string, characters: number): string =>
    clipText(text, Math.max(8, Math.round(characters * scale)));
  const reply = replies.at(-1)?.text ?? null;
  return {
    trace_id: trace.trace_id,
    started_at: trace.started_at,
    ago: ago(trace.started_at),
    duration_ms: trace.duration_ms,
    status: trace.status,
    reply: replies.length > 0 ? 'sent' : refusals ? 'refused' : 'none recorded',
    ...(replies.length > 1 && { replies: replies.length }),
    ...(duplicate_of !== null && { redelivery_of: duplicate_of }),
    ...(turn.direction === 'outbound' && { direction: 'outbound' }),
    untrusted: {
      ...(message !== null && { message: clip(message, MESSAGE_CHARACTERS) }),
      ...(reply !== null && { reply: clip(reply, REPLY_CHARACTERS) }),
      ...(debug_hints.length > 0 && { hint: clip(debug_hints[0]!, HINT_CHARACTERS) }),
    },
  };
}
