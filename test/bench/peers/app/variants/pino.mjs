import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pino from 'pino';

/** A line per step, with its input and output, and one for the webhook, into a file; pino writes as it does by default. */
export function setup({ dir }, options = {}) {
  const logger = pino(options, pino.destination({ dest: join(dir, 'app.log'), mkdir: true }));
  const requests = new AsyncLocalStorage();
  let lines = 0;
  return {
    middleware(request, response, next) {
      const trace = randomUUID();
      response.once('finish', () => {
        lines += 1;
        logger.info({ trace, path: request.path, body: request.body, status: response.statusCode }, 'webhook');
      });
      requests.run(trace, next);
    },
    step(_owner, step, descriptor, kind) {
      const method = descriptor.value;
      descriptor.value = async function logged(input) {
        const began = performance.now();
        const output = await method.call(this, input);
        lines += 1;
        logger.info({ trace: requests.getStore(), step, kind, input, output, ms: performance.now() - began }, 'step');
        return output;
      };
    },
    delivered: () => lines,
  };
}
