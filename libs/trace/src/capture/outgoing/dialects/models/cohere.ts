import { at, field, fieldsOf, textAt, textOf, type Fields } from '../../../../model/chat/values.js';
import { embeddingsOf } from './embeddings.js';
import type { Assembly } from './model-api.js';
import { modelDialect } from './model-dialect.js';
import { isUnder, providerOf } from './openai-hosts.js';
import type { OutgoingTarget } from '../../outgoing-dialect.js';

/** Content blocks and tool calls of one message that are put together at most. */
const MAX_BLOCKS = 256;

/** Events of both versions of Cohere's chat. Version 1 ends with the whole response. */
class CohereAssembly implements Assembly {
  body: Fields = {};
  complete = false;
  private readonly blocks = new Map<string, Fields>();

  add(event: Fields): boolean {
    const type = textAt(event, 'type', 'event_type');
    if (event.error !== undefined) this.body.error = event.error;
    if (textAt(event, 'id') !== undefined) this.body.id = event.id;
    if (type === 'message-end') return this.end(event.delta);
    if (type === 'stream-end') return this.endOfVersion1(event);
    if (type === 'text-generation') return this.append(this.body, 'text', textAt(event, 'text'));
    return this.delta(type, event.index, at(event, 'delta', 'message'));
  }

  private delta(type: string | undefined, index: unknown, message: unknown): boolean {
    if (message === undefined) return false;
    const whole = fieldsOf(this.body.message) ?? {};
    this.body.message = whole;
    if (type === 'tool-plan-delta') return this.append(whole, 'tool_plan', textAt(message, 'tool_plan'));
    if (type === 'content-start' || type === 'content-delta') {
      const block = this.block(whole, 'content', index);
      const kind = textAt(field(message, 'content'), 'type');
      if (block && kind !== undefined) block.type = kind;
      const thought = this.append(block, 'thinking', textAt(field(message, 'content'), 'thinking'));
      return this.append(block, 'text', textAt(field(message, 'content'), 'text')) || thought;
    }
    if (type !== 'tool-call-start' && type !== 'tool-call-delta') return false;
    const block = this.block(whole, 'tool_calls', index);
    const call = field(message, 'tool_calls');
    if (!block) return false;
    block.id ??= textAt(call, 'id');
    const inner = fieldsOf(block.function) ?? {};
    block.function = inner;
    inner.name ??= textAt(field(call, 'function'), 'name');
    return this.append(inner, 'arguments', textOf(at(call, 'function', 'arguments'))) || inner.name !== undefined;
  }

  private block(message: Fields, list: string, index: unknown): Fields | undefined {
    const key = `${list} ${typeof index === 'number' ? index : 0}`;
    const known = this.blocks.get(key);
    if (known) return known;
    if (this.blocks.size >= MAX_BLOCKS) return undefined;
    const block: Fields = list === 'content' ? { type: 'text' } : {};
    this.blocks.set(key, block);
    message[list] = [...this.blocks].flatMap(([name, one]) => (name.startsWith(list) ? [one] : []));
    return block;
  }

  private append(to: Fields | undefined, member: string, text: string | undefined): boolean {
    if (!to || text === undefined) return false;
    to[member] = `${textAt(to, member) ?? ''}${text}`;
    return true;
  }

  private end(delta: unknown): boolean {
    const reason = textAt(delta, 'finish_reason');
    if (reason !== undefined) this.body.finish_reason = reason;
    const counts = field(delta, 'usage');
    if (counts !== undefined) this.body.usage = counts;
    if (field(delta, 'error') !== undefined) this.body.error = field(delta, 'error');
    return false;
  }

  private endOfVersion1(event: Fields): boolean {
    const response = fieldsOf(event.response);
    this.complete = response !== undefined;
    if (response) this.body = { ...response, finish_reason: event.finish_reason ?? response.finish_reason };
    return false;
  }
}

/** `/v2/chat` is a path of many applications: at other hosts, `cohere` must be in the path. */
function isCohere({ host, path }: OutgoingTarget): boolean {
  return isUnder(host, 'cohere.com') || isUnder(host, 'cohere.ai') || path.includes('/cohere/');
}

function usage(body: Fields): unknown {
  return body.usage ?? body.meta ?? undefined;
}

/** Cohere's chat, versions 1 and 2. */
export const cohere = modelDialect({
  name: 'cohere',
  provider: providerOf,
  match: (target) => isCohere(target) && /\/v[12]\/chat(?:_stream)?$/.test(target.path),
  assembly: () => new CohereAssembly(),
  usage,
  usageNames: ['usage', 'meta'],
});

/** Cohere's embeddings. */
export const cohereEmbeddings = modelDialect({
  name: 'cohere-embeddings',
  provider: providerOf,
  match: (target) => isCohere(target) && /\/v[12]\/embed$/.test(target.path),
  usage,
  usageNames: ['usage', 'meta'],
  output: embeddingsOf,
});
