/** A message of a conversation with a model, as capture records it and as views show it. */
export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  /** Text, or parts where a message has more than text. Absent: the message has tool calls only. */
  content?: string | ChatPart[];
  /** Name of the participant or of the tool. */
  name?: string;
  /** Tools that the assistant asks for. */
  tool_calls?: ChatToolCall[];
  /** The call that a tool's message answers. */
  tool_call_id?: string;
}

/** A part of a message. Images, audio and files are named and not kept. */
export type ChatPart =
  { type: 'text'; text: string } | { type: 'reasoning'; text: string } | ChatMedia | { type: 'refusal'; text: string };

/** An image, a recording or a file of a message: what is said about it, without its bytes. */
export interface ChatMedia {
  type: 'image' | 'audio' | 'video' | 'file';
  media_type?: string;
  bytes?: number;
  url?: string;
  name?: string;
}

/** A tool call that a model asks for. `arguments` are parsed JSON where they are JSON. */
export interface ChatToolCall {
  id?: string;
  name: string;
  arguments: unknown;
}

/** Input of an `llm` span that capture records. */
export interface ChatInput {
  model?: string;
  messages: ChatMessage[];
  /** Names of the tools that the model may call. */
  tools?: string[];
  /** Temperature, limits and other settings of the request. */
  parameters?: Record<string, unknown>;
}

/** Output of an `llm` span that capture records. */
export interface ChatOutput {
  text?: string;
  reasoning?: string;
  refusal?: string;
  tool_calls?: ChatToolCall[];
  /** The provider's word for why the model stopped. */
  finish_reason?: string;
  /** The provider's id of the response. */
  id?: string;
  /** The further answers of a request that asked for several. */
  alternatives?: ChatOutput[];
  /** Why the call failed. */
  error?: { code?: string; type?: string; message?: string; status?: number };
}
