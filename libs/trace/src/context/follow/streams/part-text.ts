import { dataAt } from './data-at.js';

type Path = readonly (string | number)[];

/** Where a part that names its type has its piece of text. */
const BY_TYPE: Readonly<Record<string, readonly Path[]>> = {
  // OpenAI Responses
  'response.output_text.delta': [['delta']],
  // Anthropic; a part with another kind of delta has no text there
  content_block_delta: [['delta', 'text']],
  // AI SDK: 5 and later, 4, its UI messages and its providers
  'text-delta': [['text'], ['textDelta'], ['delta']],
  // Cohere
  'content-delta': [['delta', 'message', 'content', 'text']],
};

/** Where other parts have it. */
const PATHS: readonly Path[] = [
  // OpenAI Chat Completions and what is compatible with it; completions of the older kind
  ['choices', 0, 'delta', 'content'],
  ['choices', 0, 'text'],
  // Mistral
  ['data', 'choices', 0, 'delta', 'content'],
  // Bedrock Converse
  ['contentBlockDelta', 'delta', 'text'],
];

/** The piece of a model's answer that a part of a stream carries; `undefined`: it has none, or its shape is not known. */
export function textOfPart(part: unknown): string | undefined {
  if (typeof part === 'string') return part;
  const type = dataAt(part, 'type');
  const paths = typeof type === 'string' && Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type]! : PATHS;
  for (const path of paths) {
    const text = dataAt(part, ...path);
    if (typeof text === 'string') return text;
  }
  return paths === PATHS ? otherText(part) : undefined;
}

function otherText(part: unknown): string | undefined {
  // Gemini
  const content = dataAt(part, 'candidates', 0, 'content', 'parts');
  if (content !== undefined) return joined(content);
  // Ollama's chat and generate
  if (typeof dataAt(part, 'done') === 'boolean') {
    const text = dataAt(part, 'message', 'content') ?? dataAt(part, 'response');
    return typeof text === 'string' ? text : undefined;
  }
  // A chunk of a LangChain message. `content` alone is not enough: rows of a database have it too.
  if (typeof dataAt(part, 'response_metadata') === 'object') return joined(dataAt(part, 'content'));
  return undefined;
}

/** Blocks of content that are looked at, in one part. */
const MAX_BLOCKS = 100;

/** The text of content that is a string or a list of blocks. */
function joined(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  let text: string | undefined;
  for (let at = 0; at < Math.min(content.length, MAX_BLOCKS); at += 1) {
    const piece = dataAt(content, at, 'text');
    if (typeof piece === 'string' && dataAt(content, at, 'thought') !== true) text = (text ?? '') + piece;
  }
  return text;
}
