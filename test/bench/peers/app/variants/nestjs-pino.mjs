import { promisify } from 'node:util';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { fileOf } from './pino.mjs';

/** `LoggerModule` with its logger of the request: a line per step, and the line of the request with the body. */
export function setup(where) {
  const withBody = (request, _response, value) => ({ ...value, body: (request.raw ?? request).body });
  const file = fileOf(where);
  const params = { pinoHttp: [{ customSuccessObject: withBody }, file] };
  let logger;
  let lines = 0;
  return {
    imports: [LoggerModule.forRoot(params)],
    step(_owner, step, descriptor, kind) {
      const method = descriptor.value;
      descriptor.value = async function logged(input) {
        logger ??= new PinoLogger(params);
        const began = performance.now();
        const output = await method.call(this, input);
        lines += 1;
        logger.info({ step, kind, input, output, ms: performance.now() - began }, 'step');
        return output;
      };
    },
    flush: () => promisify(file.flush.bind(file))(),
    delivered: () => lines,
  };
}
