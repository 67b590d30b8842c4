import { field, fieldsOf, textAt, type Fields } from '../../../../model/chat/values.js';
import type { Assembly } from './model-api.js';
import { modelDialect } from './model-dialect.js';
import { decoded } from './openai-chat.js';
import { isUnder, providerOf } from './openai-hosts.js';

/** Content blocks of one message that are put together at most. */
const MAX_BLOCKS = 256;

/** Deltas of a content block: the member of the delta, and the member of the block. */
const DELTAS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  input_json_delta: ['partial_json', 'input'],
};

/** Events of Anthropic's messages, as they are streamed by itself, by Vertex and inside frames of Bedrock. */
class MessageAssembly implements Assembly {
  readonly body: Fields = {};
  private readonly blocks = new Map<unknown, Fields>();

  add(event: Fields): boolean {
    switch (event.type) {
      case 'message_start':
        Object.assign(this.body, fieldsOf(event.message), { content: [] });
        return false;
      case 'content_block_start':
        return this.start(event.index, fieldsOf(event.content_block) ?? {});
      case 'content_block_delta':
        return this.extend(event.index, fieldsOf(event.delta) ?? {});
      case 'message_delta':
        this.end(event);
        return false;
      case 'error':
        this.body.error = event.error ?? event;
        return false;
      case 'completion':
        // The API before messages.
        this.body.completion = `${textAt(this.body, 'completion') ?? ''}${textAt(event, 'completion') ?? ''}`;
        return textAt(event, 'completion') !== undefined;
      default:
        return false;
    }
  }

  private start(index: unknown, block: Fields): boolean {
    if (this.blocks.size >= MAX_BLOCKS) return false;
    // The input of a tool begins as an empty object, and is streamed as text.
    this.blocks.set(index, 'input' in block ? { ...block, input: '' } : { ...block });
    this.body.content = [...this.blocks.values()];
    return textAt(block, 'text', 'thinking') !== undefined;
  }

  private extend(index: unknown, delta: Fields): boolean {
    const type = textAt(delta, 'type') ?? '';
    const [from, to] = (Object.hasOwn(DELTAS, type) ? DELTAS[type] : undefined) ?? [];
    const text = from === undefined ? undefined : textAt(delta, from);
    if (text === undefined || to === undefined) return false;
    // The start of a stream may be missing: blocks are then known by their deltas.
    if (!this.blocks.has(index)) this.start(index, { type: type === 'thinking_delta' ? 'thinking' : 'text' });
    const block = this.blocks.get(index);
    if (block) block[to] = `${textAt(block, to) ?? ''}${text}`;
    return block !== undefined;
  }

  private end(event: Fields): void {
    const reason = textAt(event.delta, 'stop_reason');
    if (reason !== undefined) this.body.stop_reason = reason;
    const counts = fieldsOf(event.usage);
    if (!counts) return;
    // Counts of the input are at the start, and may be repeated here, or be null.
    const usage: Fields = { ...fieldsOf(this.body.usage) };
    for (const [name, count] of Object.entries(counts)) if (count !== null) usage[name] = count;
    this.body.usage = usage;
  }
}

export function messageAssembly(): Assembly {
  return new MessageAssembly();
}

const VERTEX = /\/publishers\/anthropic\/models\/([^/]{1,200}):(?:rawPredict|streamRawPredict)$/;

/**
 * Anthropic's messages, at its own host, on Vertex, and at hosts that are compatible: those have `anthropic` in the path,
 * or the SDK's header. The path `/v1/messages` alone is also that of services which send messages to people.
 */
export const anthropic = modelDialect({
  name: 'anthropic',
  provider: providerOf,
  match: ({ host, path, headers }) =>
    VERTEX.test(path) ||
    (/\/(?:messages|complete)\/?$/.test(path) &&
      (isUnder(host, 'anthropic.com') ||
        /\/anthropic\//.test(path) ||
        field(headers, 'anthropic-version') !== undefined)),
  modelAt: ({ path }) => {
    const name = VERTEX.exec(path)?.[1];
    return name === undefined ? undefined : decoded(name);
  },
  assembly: messageAssembly,
  usage: (body) => body.usage ?? undefined,
  usageNames: ['usage'],
});
