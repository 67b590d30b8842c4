import { field, fieldsOf, itemsOf, textAt, type Fields } from '../../../../model/chat/values.js';
import type { Assembly } from './model-api.js';
import { modelDialect } from './model-dialect.js';
import { isCompatible, providerOf } from './openai-hosts.js';

/** Items of one response that are put together at most. */
const MAX_ITEMS = 256;

/** Deltas of texts: which part of the item they belong to. */
const DELTAS: Readonly<Record<string, { type: string; member: string }>> = {
  'response.output_text.delta': { type: 'output_text', member: 'text' },
  'response.refusal.delta': { type: 'refusal', member: 'refusal' },
  'response.reasoning_summary_text.delta': { type: 'summary_text', member: 'text' },
  'response.reasoning_text.delta': { type: 'reasoning_text', member: 'text' },
};

/** Events with a whole response. Only the last three have the answer. */
const WHOLE = new Set(['response.created', 'response.in_progress', 'response.queued']);
const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** Events of the Responses API. Items are put together until the last event repeats them all. */
class ItemAssembly implements Assembly {
  body: Fields = {};
  complete = false;
  private readonly items = new Map<unknown, Fields>();

  add(event: Fields, name: string): boolean {
    const type = textAt(event, 'type') ?? name;
    const response = fieldsOf(event.response);
    if (ENDS.has(type) && response) {
      this.end(response);
      return false;
    }
    if (WHOLE.has(type) && response) this.body = { ...response, ...this.body };
    if (type === 'error') this.body.error = event.error ?? event;
    if (type === 'response.output_item.added' || type === 'response.output_item.done') this.set(event);
    const delta = textAt(event, 'delta');
    if (delta === undefined) return false;
    return this.addDelta(type, event, delta);
  }

  /** A provider that is only compatible may leave the items out of its last event. */
  private end(response: Fields): void {
    const { output } = this.body;
    this.complete = itemsOf(response.output).length > 0;
    this.body = this.complete || output === undefined ? response : { ...response, output };
  }

  private set(event: Fields): void {
    const item = fieldsOf(event.item);
    if (item) this.put(event.output_index ?? textAt(item, 'id'), { ...item });
  }

  private put(index: unknown, item: Fields): void {
    if (this.items.size >= MAX_ITEMS && !this.items.has(index)) return;
    this.items.set(index, item);
    this.body.output = [...this.items.values()];
  }

  private addDelta(type: string, event: Fields, delta: string): boolean {
    const index = event.output_index ?? textAt(event, 'item_id');
    const known = Object.hasOwn(DELTAS, type) ? DELTAS[type] : undefined;
    const call = /^response\.(?:function_call_arguments|custom_tool_call_input)\.delta$/.test(type);
    if (!known && !call) return false;
    if (!this.items.has(index)) this.put(index, known ? { type: itemOf(known.type) } : { type: 'function_call' });
    const item = this.items.get(index);
    if (!item) return false;
    if (known) addText(item, known, event.content_index ?? event.summary_index, delta);
    else {
      const member = type.includes('custom') ? 'input' : 'arguments';
      item[member] = `${textAt(item, member) ?? ''}${delta}`;
    }
    return true;
  }
}

function itemOf(type: string): string {
  return type === 'summary_text' || type === 'reasoning_text' ? 'reasoning' : 'message';
}

function addText(item: Fields, { type, member }: { type: string; member: string }, at: unknown, delta: string): void {
  const list = type === 'summary_text' ? 'summary' : 'content';
  const index = typeof at === 'number' && at >= 0 && at < MAX_ITEMS ? Math.floor(at) : 0;
  // An added item has its own arrays, which belong to the event.
  const parts: unknown[] = [...itemsOf(item[list])];
  while (parts.length < index) parts.push({});
  const part = fieldsOf(parts[index]) ?? {};
  parts[index] = { ...part, type, [member]: `${textAt(part, member) ?? ''}${delta}` };
  item[list] = parts;
}

/** The Responses API of OpenAI, Azure, and of servers that have it at `/v1/responses`. */
export const openAiResponses = modelDialect({
  name: 'openai-responses',
  provider: providerOf,
  match: ({ host, path }) =>
    /\/(?:openai|v1)\/responses\/?$/.test(path) || (isCompatible(host) && path.endsWith('/responses')),
  // Other services have a path of this name too, such as surveys.
  accepts: ({ model, input, prompt }, { body }) =>
    !body.whole || ((typeof model === 'string' || prompt !== undefined) && (input ?? prompt) !== undefined),
  assembly: () => new ItemAssembly(),
  usage: (body) => body.usage ?? field(body.response, 'usage') ?? undefined,
  usageNames: ['usage'],
});
