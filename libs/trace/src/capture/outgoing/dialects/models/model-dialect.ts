import type { ChatInput } from '../../../../model/chat.js';
import { readRequest } from '../../../../model/chat/request.js';
import { compact, fieldsOf } from '../../../../model/chat/values.js';
import type { ModelDialect } from '../../outgoing-dialect.js';
import type { ModelApi } from './model-api.js';
import { readAnswer } from './read/answer.js';
import { valueOf } from './read/partial-json.js';
import { wordIn } from './read/tail.js';

/** The dialect that reads one kind of model API. */
export function modelDialect(api: ModelApi): ModelDialect {
  return {
    name: api.name,
    type: 'llm',
    provider: (target) => api.provider(target),
    match: (target) => target.method === 'POST' && api.match(target),
    request(request) {
      const body = fieldsOf(valueOf(request.body)) ?? {};
      if (api.accepts && !api.accepts(body, request)) return undefined;
      const input = readRequest(body);
      const model = api.modelAt?.(request) ?? input.model ?? wordIn(request.body.tail, 'model');
      return compact({ model, input: compact<ChatInput>({ ...input, model }) });
    },
    response: (_request, response) => readAnswer(api, response),
  };
}
