import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { transformSync } from '@swc/core';
import { mustRun } from '../../../../../../test/support/run.js';
import { errorAnswerOf, noteErrorAnswer, watchErrorAnswer } from './error-response.js';

/** The part of a response that the watch reads, and the bytes that were sent. */
function response(statusCode: number) {
  const sent: unknown[][] = [];
  const answer = {
    statusCode,
    end(...args: unknown[]) {
      sent.push(args);
      return this;
    },
  };
  return { answer: answer as unknown as ServerResponse, sent };
}

/** As `compression` does: keeps the `end` it finds, and replaces it. */
function compress(answer: ServerResponse, made: unknown): void {
  const inner = answer.end as (chunk?: unknown) => ServerResponse;
  answer.end = function (this: ServerResponse) {
    return inner.call(this, made);
  } as never;
}

describe('the recorded response of an error', () => {
  it('is the body before compression, however often `end` is wrapped, and the sent body is unchanged', () => {
    const { answer, sent } = response(401);
    watchErrorAnswer(answer);
    compress(answer, 'gzip');
    compress(answer, 'inner');
    answer.end('{"message":"No JWT"}');
    expect(errorAnswerOf(answer)).toBe('{"message":"No JWT"}');
    expect(sent).toEqual([['gzip']]);
  });

  it.each([
    ['text', 'refused', 'refused'],
    ['bytes', Buffer.from('refused'), 'refused'],
    ['a callback only', () => undefined, undefined],
    ['nothing', undefined, undefined],
  ])('accepts %s', (_kind, chunk, expected) => {
    const { answer } = response(500);
    watchErrorAnswer(answer);
    (answer.end as (chunk: unknown) => void)(chunk);
    expect(errorAnswerOf(answer)).toBe(expected);
  });

  it('is not recorded below 400', () => {
    const { answer, sent } = response(200);
    watchErrorAnswer(answer);
    answer.end('secret');
    expect([errorAnswerOf(answer), sent]).toEqual([undefined, [['secret']]]);
  });

  it('is bounded, and stays the first that was recorded', () => {
    const { answer } = response(400);
    noteErrorAnswer(answer, 'x'.repeat(100_000));
    noteErrorAnswer(answer, 'later');
    expect(errorAnswerOf(answer)).toBe('x'.repeat(4_096));
  });
});

/**
 * In a separate process: V8 stops sharing the layout of responses in a process that has added many different functions
 * to them, as the other specs of a test worker do.
 */
it('leaves responses the shared layout that V8 optimizes', async () => {
  const source = ['body-parts', 'response-header', 'response-methods', 'response-state', 'error-response']
    .map((file) => readFileSync(new URL(`${file}.ts`, import.meta.url), 'utf8'))
    .join('\n')
    .replace(/^import .*$/gm, '');
  const { code } = transformSync(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
  const program = `
    import { IncomingMessage, OutgoingMessage, ServerResponse } from 'node:http';
    import { Socket } from 'node:net';
    ${code}
    const responses = Array.from({ length: 3 }, () => new ServerResponse(new IncomingMessage(new Socket())));
    for (const watched of responses) {
      watchErrorAnswer(watched);
      (${compress.toString()})(watched, 'gzip');
    }
    console.log(responses.map((one) => %HasFastProperties(one)).join());`;
  expect(await mustRun(process.execPath, ['--allow-natives-syntax', '--input-type=module', '--eval', program])).toBe(
    'true,true,true\n',
  );
});
