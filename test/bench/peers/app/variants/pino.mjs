import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';

/** pino as it writes by default: asynchronously, a write for what came while the last one was on its way. */
export const setup = (where) => loggerTo(fileOf(where));

/** Where pino writes; `options` are those of `pino.destination`. */
export function fileOf({ dir }, options = {}) {
  return pino.destination({ dest: logFile(dir), ...options });
}

/** A logger into a file; its flush waits until everything is written. */
export function loggerTo(file, options = {}) {
  return { ...linePerStep(pino(options, file)), flush: () => promisify(file.flush.bind(file))() };
}

/** Path of the log file, in a folder that exists. */
export function logFile(dir) {
  mkdirSync(dir, { recursive: true });
  return join(dir, 'app.log');
}

/** A line per step, with its input and output, and one for the webhook. `logger` has the `info` of pino. */
export function linePerStep(logger) {
  const requests = new AsyncLocalStorage();
  let lines = 0;
  return {
    middleware(request, response, next) {
      const trace = randomUUID();
      response.once('finish', () => {
        lines += 1;
        logger.info({ trace, path: request.url, body: request.body, status: response.statusCode }, 'webhook');
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
