import { Replies } from './replies.js';

type Sent = Record<string, unknown>;
const code = (message: string, more?: Sent): Sent => ({ message, ...more });
const wire = (message: string, more?: Sent): Sent => ({ message, via: 'http', ...more });

/** Which of these `message_sent` are second records. */
function again(...events: unknown[]): boolean[] {
  const replies = new Replies();
  return events.map((event) => replies.isAgain(event));
}

describe('the second record of a reply', () => {
  it.each<[string, unknown[], boolean[]]>([
    ['the code first', [code('Hola'), wire('Hola')], [false, true]],
    ['the wire first', [wire('Hola'), code('Hola')], [false, true]],
    ['the response and the code', [code('Hola'), { message: 'Hola', via: 'response' }], [false, true]],
    ['two calls with one text are two replies', [wire('Hola'), wire('Hola')], [false, false]],
    ['the code twice', [code('Hola'), code('Hola')], [false, false]],
    ['each is matched once', [code('Hola'), wire('Hola'), wire('Hola'), code('Hola')], [false, true, false, true]],
    ['other texts', [code('Hola'), wire('Adiós')], [false, false]],
    ['white space', [code('Hola,  Ana\n'), wire('Hola, Ana')], [false, true]],
    ['one id, other texts', [wire('*Hola*', { message_id: '1' }), code('Hola', { message_id: '1' })], [false, true]],
    [
      'the id is asked before the text',
      [
        wire('Hola', { message_id: '1' }),
        wire('Hola', { message_id: '2' }),
        code('Hola', { message_id: '2' }),
        code('Hola', { message_id: '1' }),
      ],
      [false, false, true, true],
    ],
    [
      'an id of the application’s own',
      [wire('Hola', { message_id: 'wamid' }), code('Hola', { message_id: '77' })],
      [false, true],
    ],
    ['no text and no id', [wire(''), code(''), { via: 'http' }, {}], [false, false, false, false]],
    [
      'an edit, and the code with the last text',
      [wire('…', { message_id: '1' }), wire('Hola', { message_id: '1', edited: true }), code('Hola')],
      [false, true, true],
    ],
    [
      'a fake that always answers one id',
      [wire('Hola', { message_id: '1' }), wire('Adiós', { message_id: '1' })],
      [false, false],
    ],
    ['an edit of an earlier trace’s message', [wire('Hola', { message_id: '1', edited: true })], [false]],
    ['long texts that differ at the end', [code(`${'x'.repeat(5_000)}`), wire('x'.repeat(5_001))], [false, false]],
    ['no object', [undefined, 'Hola', 7, null], [false, false, false, false]],
  ])('%s', (_what, events, expected) => {
    expect(again(...events)).toEqual(expected);
  });

  it('runs no code of the application', () => {
    let ran = 0;
    const getter = Object.defineProperty({ via: 'http' }, 'message', { enumerable: true, get: () => (ran += 1) });
    const proxy = new Proxy({}, { get: () => (ran += 1), getOwnPropertyDescriptor: () => ((ran += 1), undefined) });
    expect(again(getter, proxy)).toEqual([false, false]);
    expect(ran).toBe(0);
  });

  it('remembers 32 replies', () => {
    const replies = new Replies();
    for (let n = 0; n < 100; n += 1) expect(replies.isAgain(code(`reply ${n}`))).toBe(false);
    expect(replies.isAgain(wire('reply 67'))).toBe(false);
    expect(replies.isAgain(wire('reply 99'))).toBe(true);
  });
});
