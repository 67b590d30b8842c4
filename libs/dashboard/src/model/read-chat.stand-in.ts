import type { ChatInput, ChatMessage, ChatOutput } from '../../../trace/src/model/chat.js';
import { record } from './trace-log.js';

/**
 * Stand-in of `readChat` of `model/chat.ts` for the canonical form only.
 */
export function readChat({ data }: { data: unknown }): { input: ChatMessage[]; output?: ChatOutput } | undefined {
  const { input, output } = record(data);
  const { messages } = record(input) as Partial<ChatInput>;
  if (!Array.isArray(messages)) return undefined;
  return { input: messages, ...(output !== undefined && { output: record(output) as ChatOutput }) };
}
