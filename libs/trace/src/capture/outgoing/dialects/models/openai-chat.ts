import { field, itemsOf, textAt, type Fields } from '../../../../model/chat/values.js';
import type { Assembly } from './model-api.js';
import { modelDialect } from './model-dialect.js';
import { isCompatible, providerOf } from './openai-hosts.js';

/** A choice of a stream, and its tool calls by index. */
interface Choice {
  message: Fields;
  finish_reason?: unknown;
  calls: Map<unknown, { id?: string; function: { name: string; arguments: string } }>;
}

/** Choices of one stream that are put together at most. */
const MAX_CHOICES = 16;
/** Tool calls of one choice that are put together at most. */
const MAX_CALLS = 128;
/** Members of a delta that are texts. */
const TEXTS = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const;

/** Chunks of chat completions and completions. */
class ChunkAssembly implements Assembly {
  readonly body: Fields = {};
  private readonly choices = new Map<unknown, Choice>();

  add(event: Fields): boolean {
    for (const name of ['id', 'model', 'usage', 'x_groq', 'error'] as const) {
      const value = event[name];
      if (value !== undefined && value !== null && value !== '') this.body[name] = value;
    }
    let hasContent = false;
    for (const chunk of itemsOf(event.choices)) hasContent = this.addChoice(chunk) || hasContent;
    return hasContent;
  }

  private addChoice(chunk: unknown): boolean {
    const index = field(chunk, 'index') ?? 0;
    let choice = this.choices.get(index);
    if (!choice) {
      if (this.choices.size >= MAX_CHOICES) return false;
      choice = { message: {}, calls: new Map() };
      this.choices.set(index, choice);
      this.body.choices = byIndex(this.choices);
    }
    const finish = textAt(chunk, 'finish_reason');
    if (finish !== undefined) choice.finish_reason = finish;
    const text = textAt(chunk, 'text');
    if (text !== undefined) choice.message.content = `${textAt(choice.message, 'content') ?? ''}${text}`;
    return addDelta(choice, field(chunk, 'delta')) || text !== undefined;
  }
}

/** Values in the order of their indexes: choices are streamed in any order. */
export function byIndex<T>(values: ReadonlyMap<unknown, T>): T[] {
  return [...values].toSorted(([a], [b]) => Number(a) - Number(b) || 0).map(([, value]) => value);
}

function addDelta(choice: Choice, delta: unknown): boolean {
  let hasContent = false;
  for (const name of TEXTS) {
    const text = textAt(delta, name);
    if (text === undefined) continue;
    choice.message[name] = `${textAt(choice.message, name) ?? ''}${text}`;
    hasContent = true;
  }
  // Mistral's reasoning models stream parts instead of a text.
  for (const part of itemsOf(field(delta, 'content'))) hasContent = addPart(choice, part) || hasContent;
  const spoken = textAt(field(delta, 'audio'), 'transcript');
  if (spoken !== undefined) {
    const before = textAt(choice.message.audio, 'transcript') ?? '';
    choice.message.audio = { transcript: before + spoken };
  }
  for (const call of itemsOf(field(delta, 'tool_calls'))) hasContent = addCall(choice, call) || hasContent;
  const asked = field(delta, 'function_call');
  if (asked) hasContent = addCall(choice, { index: 'function_call', function: asked }) || hasContent;
  return hasContent || spoken !== undefined;
}

function addPart(choice: Choice, part: unknown): boolean {
  const thought = itemsOf(field(part, 'thinking')).map((one) => textAt(one, 'text') ?? '');
  const [name, text] = thought.length > 0 ? ['reasoning', thought.join('')] : ['content', textAt(part, 'text') ?? ''];
  if (text === '') return false;
  choice.message[name!] = `${textAt(choice.message, name!) ?? ''}${text}`;
  return true;
}

function addCall({ calls, message }: Choice, chunk: unknown): boolean {
  const index = field(chunk, 'index') ?? textAt(chunk, 'id') ?? 0;
  let call = calls.get(index);
  if (!call) {
    if (calls.size >= MAX_CALLS) return false;
    call = { function: { name: '', arguments: '' } };
    calls.set(index, call);
    message.tool_calls = [...calls.values()];
  }
  const inner = field(chunk, 'function');
  call.id ??= textAt(chunk, 'id');
  if (call.function.name === '') call.function.name = textAt(inner, 'name') ?? '';
  const given = field(inner, 'arguments');
  call.function.arguments += typeof given === 'string' ? given : given ? JSON.stringify(given) : '';
  return true;
}

export function chunkAssembly(): Assembly {
  return new ChunkAssembly();
}

function usage(body: Fields): unknown {
  // Groq reports a stream's usage in a member of its own.
  return body.usage ?? field(body.x_groq, 'usage') ?? undefined;
}

/** Chat completions of OpenAI, and of every server that has its API at this path. */
export const openAiChat = modelDialect({
  name: 'openai-chat',
  provider: providerOf,
  match: ({ path }) => /\/chat\/completions\/?$/.test(path),
  modelAt: ({ path }) => deploymentAt(path),
  assembly: chunkAssembly,
  usage,
  usageNames: ['usage'],
});

/** Completions, OpenAI's first API. vLLM and LM Studio have it too. */
export const openAiCompletions = modelDialect({
  name: 'openai-completions',
  provider: providerOf,
  match: ({ host, path }) =>
    /\/v1\/completions\/?$/.test(path) ||
    /\/openai\/deployments\/[^/]+\/completions$/.test(path) ||
    (isCompatible(host) && path.endsWith('/completions')),
  accepts: ({ prompt, suffix }) => prompt !== undefined || suffix !== undefined,
  modelAt: ({ path }) => deploymentAt(path),
  assembly: chunkAssembly,
  usage,
  usageNames: ['usage'],
});

/** Azure has the deployment in the path, which mostly is named as its model. */
export function deploymentAt(path: string): string | undefined {
  const name = /\/openai\/deployments\/([^/]{1,200})\//.exec(path)?.[1];
  return name === undefined ? undefined : decoded(name);
}

/** A part of a path, decoded where it can be. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
