import { compact, field, fieldsOf, itemsOf, textAt, type Fields } from '../../../../model/chat/values.js';
import { embeddingsOf } from './embeddings.js';
import type { Assembly } from './model-api.js';
import { modelDialect } from './model-dialect.js';
import { hostName } from './openai-hosts.js';
import type { OutgoingTarget } from '../../outgoing-dialect.js';

/** Tool calls of one message that are put together at most. */
const MAX_CALLS = 128;
const TEXTS = ['content', 'thinking'] as const;

/** Lines of Ollama's chat and `generate`: each has the text that is new, and the last one the counts. */
class LineAssembly implements Assembly {
  readonly body: Fields = {};

  add(line: Fields): boolean {
    const before = { ...this.body };
    Object.assign(this.body, line);
    const added = fieldsOf(line.message);
    if (!added) {
      this.body.response = `${textAt(before, 'response') ?? ''}${textAt(line, 'response') ?? ''}`;
      const thought = `${textAt(before, 'thinking') ?? ''}${textAt(line, 'thinking') ?? ''}`;
      if (thought !== '') this.body.thinking = thought;
      if (before.message !== undefined) delete this.body.response;
      return textAt(line, 'response', 'thinking') !== undefined;
    }
    this.body.message = joined(fieldsOf(before.message) ?? {}, added);
    return textAt(added, ...TEXTS) !== undefined || itemsOf(added.tool_calls).length > 0;
  }
}

function joined(message: Fields, added: Fields): Fields {
  const next: Fields = { ...message, ...added };
  for (const name of TEXTS) {
    const text = `${textAt(message, name) ?? ''}${textAt(added, name) ?? ''}`;
    if (text !== '') next[name] = text;
  }
  const calls = [...itemsOf(message.tool_calls), ...itemsOf(added.tool_calls)];
  if (calls.length > 0) next.tool_calls = calls.slice(0, MAX_CALLS);
  return next;
}

/**
 * `/api/chat` is a path of many applications: Ollama is known by its port, by its name in the host or the path, or by
 * its client.
 */
function isOllama({ host, path, headers }: OutgoingTarget): boolean {
  return (
    host.endsWith(':11434') ||
    /(?:^|[.-])ollama(?:[.-]|$)/.test(hostName(host)) ||
    path.includes('/ollama/') ||
    /^ollama-(?:js|python)\//.test(String(field(headers, 'user-agent') ?? ''))
  );
}

function usage({ prompt_eval_count, eval_count }: Fields): unknown {
  const counts = compact({ prompt_eval_count, eval_count });
  return Object.keys(counts).length > 0 ? counts : undefined;
}

function provider({ host }: OutgoingTarget): string {
  return host;
}

/** Ollama's own chat and `generate`. Its compatible paths are read as OpenAI's. */
export const ollama = modelDialect({
  name: 'ollama',
  provider,
  match: (target) => isOllama(target) && /\/api\/(?:chat|generate)$/.test(target.path),
  assembly: () => new LineAssembly(),
  usage,
  usageNames: [],
});

/** Ollama's embeddings. */
export const ollamaEmbeddings = modelDialect({
  name: 'ollama-embeddings',
  provider,
  match: (target) => isOllama(target) && /\/api\/embed(?:dings)?$/.test(target.path),
  usage,
  usageNames: [],
  output: embeddingsOf,
});
