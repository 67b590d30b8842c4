import type { ModelDialect } from '../../outgoing-dialect.js';
import { anthropic } from './anthropic.js';
import { bedrockConverse, bedrockInvoke } from './bedrock.js';
import { cohere, cohereEmbeddings } from './cohere.js';
import { gemini, geminiEmbeddings } from './gemini.js';
import { ollama, ollamaEmbeddings } from './ollama.js';
import { openAiChat, openAiCompletions } from './openai-chat.js';
import { openAiEmbeddings } from './openai-embeddings.js';
import { openAiResponses } from './openai-responses.js';

/** Dialects of model APIs. The first that matches a target reads its calls. */
export const MODEL_DIALECTS: readonly ModelDialect[] = [
  openAiChat,
  openAiResponses,
  openAiEmbeddings,
  openAiCompletions,
  anthropic,
  gemini,
  geminiEmbeddings,
  cohere,
  cohereEmbeddings,
  bedrockConverse,
  bedrockInvoke,
  ollama,
  ollamaEmbeddings,
];
