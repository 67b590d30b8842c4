import { compact, field, fieldsOf, itemsOf, textAt, type Fields } from '../../../../model/chat/values.js';
import { messageAssembly } from './anthropic.js';
import type { Assembly } from './model-api.js';
import { chunkAssembly } from './openai-chat.js';
import { innerEvent } from './stream/aws-frames.js';

/** Content blocks of one message that are put together at most. */
const MAX_BLOCKS = 256;

/** Events of ConverseStream. Nova has the same, each inside a member with its name. */
class ConverseAssembly implements Assembly {
  readonly body: Fields = {};
  private readonly blocks = new Map<unknown, Fields>();

  add(event: Fields, name: string): boolean {
    if (name === 'contentBlockStart') return this.start(event.contentBlockIndex, field(event, 'start'));
    if (name === 'contentBlockDelta') return this.extend(event.contentBlockIndex, field(event, 'delta'));
    if (name === 'messageStop') this.body.stopReason = textAt(event, 'stopReason');
    if (name === 'metadata' && event.usage !== undefined) this.body.usage = event.usage;
    return false;
  }

  private block(index: unknown): Fields | undefined {
    const known = this.blocks.get(index);
    if (known || this.blocks.size >= MAX_BLOCKS) return known;
    const block: Fields = {};
    this.blocks.set(index, block);
    this.body.output = { message: { role: 'assistant', content: [...this.blocks.values()] } };
    return block;
  }

  private start(index: unknown, start: unknown): boolean {
    const tool = fieldsOf(field(start, 'toolUse'));
    const block = tool && this.block(index);
    if (block) block.toolUse = { ...tool, input: '' };
    return block !== undefined;
  }

  private extend(index: unknown, delta: unknown): boolean {
    const block = this.block(index);
    const text = textAt(delta, 'text');
    const thought = textAt(field(delta, 'reasoningContent'), 'text');
    const input = textAt(field(delta, 'toolUse'), 'input');
    if (!block || (text ?? thought ?? input) === undefined) return false;
    if (text !== undefined) block.text = `${textAt(block, 'text') ?? ''}${text}`;
    if (thought !== undefined)
      block.reasoningContent = { text: `${textAt(block.reasoningContent, 'text') ?? ''}${thought}` };
    if (input !== undefined)
      block.toolUse = { ...fieldsOf(block.toolUse), input: `${textAt(block.toolUse, 'input') ?? ''}${input}` };
    return true;
  }
}

/** Streams of models that answer with a text: Titan, Llama, Mistral, Cohere. */
class TextAssembly implements Assembly {
  readonly body: Fields = {};
  private text = '';

  add(event: Fields): boolean {
    const output = itemsOf(event.outputs)[0];
    const text = textAt(event, 'outputText', 'generation', 'text', 'completion') ?? textAt(output, 'text');
    Object.assign(this.body, compact({ ...event, ...fieldsOf(output) }));
    delete this.body.outputs;
    delete this.body.outputText;
    this.text += text ?? '';
    delete this.body.generation;
    delete this.body.completion;
    this.body.text = this.text;
    return text !== undefined;
  }
}

/** Whose events these are: each model streams its own. */
function assemblyOf(event: Fields): Assembly {
  if (textAt(event, 'type') !== undefined) return messageAssembly();
  if (event.choices !== undefined) return chunkAssembly();
  return NOVA.some((name) => Object.hasOwn(event, name)) ? new ConverseAssembly() : new TextAssembly();
}

const NOVA = ['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop', 'metadata'];

/** Frames of both streaming APIs of Bedrock: an event of Converse, an event of the model, or an exception. */
export class FrameAssembly implements Assembly {
  private inner: Assembly | undefined;
  private error: Fields | undefined;
  private counts: Fields | undefined;

  get body(): Fields {
    const body = this.inner?.body ?? {};
    return compact({ ...body, usage: body.usage ?? this.counts, error: this.error ?? body.error });
  }

  add(frame: Fields, name: string): boolean {
    if (name.endsWith('Exception') || name.endsWith('Error')) {
      this.error = { type: name, message: textAt(frame, 'message', 'Message', 'originalMessage') };
      return false;
    }
    if (name !== 'chunk') return (this.inner ??= new ConverseAssembly()).add(frame, name);
    const event = fieldsOf(innerEvent(frame));
    if (!event) return false;
    this.count(field(event, 'amazon-bedrock-invocationMetrics'));
    this.inner ??= assemblyOf(event);
    const nova = NOVA.find((one) => Object.hasOwn(event, one));
    return this.inner.add((nova === undefined ? undefined : fieldsOf(event[nova])) ?? event, nova ?? '');
  }

  /** Bedrock's own counts, in the last event. The names are Converse's. */
  private count(metrics: unknown): void {
    if (!fieldsOf(metrics)) return;
    this.counts = compact({
      inputTokens: field(metrics, 'inputTokenCount'),
      outputTokens: field(metrics, 'outputTokenCount'),
      cacheReadInputTokens: field(metrics, 'cacheReadInputTokenCount'),
      cacheWriteInputTokens: field(metrics, 'cacheWriteInputTokenCount'),
    });
  }
}
