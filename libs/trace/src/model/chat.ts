export type { ChatInput, ChatMedia, ChatMessage, ChatOutput, ChatPart, ChatToolCall } from './chat/chat-types.js';
export { readChat } from './chat/read-chat.js';
export { readMessages, readSystem } from './chat/messages.js';
