import { nestLine } from './nest-line.js';

const error = new TypeError('down');
const STACK = 'TypeError: down\n    at book (/app/crm.ts:3:7)';

describe('the parts of a line', () => {
  it.each([
    ['a message', 'log', ['hello'], { message: 'hello' }],
    ['a context at the end', 'log', ['hello', 'Sofia'], { message: 'hello', context: 'Sofia' }],
    ['a number', 'log', [42], { message: '42' }],
    ['an object', 'log', [{ lead: 1 }, 'Sofia'], { context: 'Sofia', data: { lead: 1 } }],
    [
      'an object with a message',
      'log',
      [{ msg: 'hello', lead: 1 }],
      { message: 'hello', data: { msg: 'hello', lead: 1 } },
    ],
    ['data', 'warn', ['slow', { ms: 5 }, 'Sofia'], { message: 'slow', data: { ms: 5 }, context: 'Sofia' }],
    ['several data', 'warn', ['slow', { ms: 5 }, [1]], { message: 'slow', data: [{ ms: 5 }, [1]] }],
    ['a stack', 'error', ['failed', STACK], { message: 'failed', stack: STACK }],
    ['a stack and a context', 'error', ['failed', STACK, 'Crm'], { message: 'failed', stack: STACK, context: 'Crm' }],
    ['no stack and a context', 'error', ['failed', undefined, 'Crm'], { message: 'failed', context: 'Crm' }],
    ['an error', 'error', [error], { message: 'down', error }],
    ['an error and a context', 'error', [error, 'Crm'], { message: 'down', error, context: 'Crm' }],
    ['a message and an error', 'fatal', ['failed', error], { message: 'failed', error }],
    ['err', 'error', [{ err: error, lead: 1 }, 'failed'], { error, data: { lead: 1 }, context: 'failed' }],
    ['a message and err', 'error', ['failed', { err: error }], { message: 'failed', error }],
    ['null', 'log', [null], { message: 'null' }],
    ['nothing', 'log', [], { message: 'undefined' }],
  ])('%s', (_name, level, args, line) => {
    expect(nestLine({ level, args, context: undefined, fixed: false })).toEqual({
      context: undefined,
      message: undefined,
      error: undefined,
      stack: undefined,
      data: undefined,
      ...line,
    });
  });

  it('the context of a Logger is its own, and a text more is data', () => {
    expect(nestLine({ level: 'log', args: ['hello', 'more'], context: 'Sofia', fixed: true })).toMatchObject({
      context: 'Sofia',
      data: 'more',
    });
    expect(nestLine({ level: 'error', args: ['failed', STACK], context: 'Sofia', fixed: true })).toMatchObject({
      context: 'Sofia',
      stack: STACK,
    });
  });

  it('runs no code of the values', () => {
    const hostile = {
      get err(): never {
        throw new Error('getter');
      },
      get message(): never {
        throw new Error('getter');
      },
      toString(): never {
        throw new Error('toString');
      },
    };
    const proxy = new Proxy(
      {},
      {
        get(): never {
          throw new Error('trap');
        },
        getOwnPropertyDescriptor(): never {
          throw new Error('trap');
        },
      },
    );
    for (const args of [[hostile], [proxy], ['x', hostile, proxy]])
      expect(() => nestLine({ level: 'error', args, context: undefined, fixed: false })).not.toThrow();
  });
});
