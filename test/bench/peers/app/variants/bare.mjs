import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `JSON.stringify` and `fs.writeSync` of the same records as ours, and nothing else: no redaction, limits, ids,
 * contacts or index. The plainest recorder that has each event on disk before its call returns.
 */
export function setup({ dir }) {
  mkdirSync(dir, { recursive: true });
  const file = openSync(join(dir, 'bare.ndjson'), 'a');
  const requests = new AsyncLocalStorage();
  let traces = 0;
  let spans = 0;
  const write = (kind, record) => {
    const { trace } = requests.getStore();
    writeSync(file, `${JSON.stringify({ kind, ts: Date.now(), trace, ...record })}\n`);
  };
  return {
    middleware(request, response, next) {
      requests.run({ trace: (traces += 1) }, () => {
        write('open', { method: request.method, path: request.url });
        const finished = () => {
          write('identify', { body: request.body });
          write('response', { status: response.statusCode });
          write('end', { status: 'completed' });
        };
        response.once('finish', AsyncLocalStorage.bind(finished));
        next();
      });
    },
    step(_owner, name, descriptor, kind) {
      const method = descriptor.value;
      descriptor.value = async function written(input) {
        const span = (spans += 1);
        write('span', { span, name, type: kind, input });
        const began = performance.now();
        const output = await method.call(this, input);
        write('span_end', { span, ms: performance.now() - began, output });
        return output;
      };
    },
  };
}
