import type { ChatInput, ChatMessage } from './chat-types.js';
import { readMessages, readSystem } from './messages.js';
import { compact, field, fieldsOf, itemsOf, textAt, textOf, type Fields } from './values.js';

/** Names of tools that are recorded of one request at most. */
const MAX_TOOLS = 128;

/** Settings that are recorded, where a request has them at its top or in a group of its provider. */
const SETTINGS: readonly string[] = [
  'temperature',
  'top_p',
  'topP',
  'p',
  'top_k',
  'topK',
  'k',
  'n',
  'candidateCount',
  'seed',
  'stop',
  'stop_sequences',
  'stopSequences',
  'max_tokens',
  'maxTokens',
  'max_completion_tokens',
  'max_output_tokens',
  'maxOutputTokens',
  'max_gen_len',
  'maxTokenCount',
  'num_predict',
  'num_ctx',
  'presence_penalty',
  'presencePenalty',
  'frequency_penalty',
  'frequencyPenalty',
  'repeat_penalty',
  'stream',
  'parallel_tool_calls',
  'disable_parallel_tool_use',
  'reasoning_effort',
  'effort',
  'verbosity',
  'service_tier',
  'store',
  'previous_response_id',
  'background',
  'truncation',
  'responseMimeType',
  'thinkingBudget',
  'thinkingLevel',
  'budget_tokens',
  'think',
  'keep_alive',
  'dimensions',
  'outputDimensionality',
  'encoding_format',
  'input_type',
  'taskType',
  'safety_mode',
];

/** Groups of settings: Gemini's, Bedrock's, Ollama's, Titan's, OpenAI's and Anthropic's. */
const GROUPS: readonly string[] = [
  'generationConfig',
  'inferenceConfig',
  'options',
  'textGenerationConfig',
  'reasoning',
  'thinking',
  'thinkingConfig',
];

/** The canonical form of a request to a model, in any provider's words. */
export function readRequest(body: unknown): ChatInput {
  const fields = fieldsOf(body) ?? {};
  const tools = toolNames(fields);
  const parameters = settings(fields);
  return compact<ChatInput>({
    model: textAt(fields, 'model', 'modelId', 'model_id'),
    messages: [...systemOf(fields), ...messagesOf(fields)],
    tools: tools.length > 0 ? tools : undefined,
    parameters: Object.keys(parameters).length > 0 ? parameters : undefined,
  });
}

function systemOf(fields: Fields): ChatMessage[] {
  return readSystem(
    fields.system ?? fields.systemInstruction ?? fields.system_instruction ?? fields.instructions ?? fields.preamble,
  );
}

function messagesOf(fields: Fields): ChatMessage[] {
  const messages = [
    ...readMessages(fields.chat_history),
    ...readMessages(fields.messages ?? fields.contents ?? undefined),
    ...readMessages(fields.input ?? fields.prompt ?? fields.inputText ?? fields.content ?? undefined),
  ];
  for (const one of itemsOf(fields.requests)) messages.push(...readMessages(field(one, 'content')));
  messages.push(...readMessages(fields.texts));
  // Cohere's `message` comes after its history; elsewhere a field of this name is a message of its own.
  if (typeof fields.message === 'string') messages.push(...readMessages(fields.message));
  messages.push(...readMessages({ role: 'tool', tool_results: fields.tool_results ?? [] }));
  // A completion may have images beside its prompt.
  const last = messages.at(-1);
  if (last && Array.isArray(fields.images) && typeof last.content === 'string') {
    const [withImages] = readMessages({ role: last.role, content: last.content, images: fields.images });
    if (withImages) messages[messages.length - 1] = withImages;
  }
  return messages;
}

function toolNames(fields: Fields): string[] {
  const names: string[] = [];
  const given = fields.tools ?? fields.functions ?? field(fields.toolConfig, 'tools');
  // The AI SDK's tools are an object by name.
  const tools = fieldsOf(given) ? Object.keys(given as Fields) : itemsOf(given);
  for (const tool of tools) {
    if (names.length >= MAX_TOOLS) break;
    const declared = itemsOf(field(tool, 'functionDeclarations') ?? field(tool, 'function_declarations'));
    if (declared.length > 0) names.push(...declared.flatMap((one) => textAt(one, 'name') ?? []));
    else names.push(...nameOf(tool));
  }
  return names.slice(0, MAX_TOOLS);
}

function nameOf(tool: unknown): string[] {
  const name =
    textOf(tool) ??
    textAt(field(tool, 'function') ?? field(tool, 'custom') ?? field(tool, 'toolSpec'), 'name') ??
    // A tool of the provider has a type and no name; Gemini's is the name of the only field.
    textAt(tool, 'name', 'type') ??
    Object.keys(fieldsOf(tool) ?? {})[0];
  return name === undefined ? [] : [name.slice(0, 200)];
}

function settings(fields: Fields): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const groups = [fields, ...GROUPS.map((name) => field(fields, name))];
  groups.push(field(field(fields, 'generationConfig'), 'thinkingConfig'), field(fields, 'text'));
  for (const group of groups) {
    const given = fieldsOf(group);
    if (!given) continue;
    for (const name of SETTINGS) {
      if (!Object.hasOwn(given, name)) continue;
      const value = given[name];
      if (isSetting(value)) found[name] ??= value;
    }
  }
  const format = formatOf(fields);
  if (format !== undefined) found.response_format = format;
  const choice = fields.tool_choice ?? field(field(fields.toolConfig, 'functionCallingConfig'), 'mode');
  const chosen = textOf(choice) ?? textAt(field(choice, 'function') ?? choice, 'name', 'type');
  if (chosen !== undefined) found.tool_choice = chosen.slice(0, 200);
  return found;
}

function isSetting(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= 16 && value.every((one) => typeof one === 'string');
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 200);
}

/** Name of the schema that the answer follows, else the kind of the format. */
function formatOf(fields: Fields): string | undefined {
  const format = fields.response_format ?? field(fields.text, 'format') ?? fields.format;
  const name = textOf(format) ?? textAt(field(format, 'json_schema'), 'name') ?? textAt(format, 'name', 'type');
  if (name !== undefined) return name.slice(0, 200);
  return fieldsOf(format) ? 'json_schema' : undefined;
}
