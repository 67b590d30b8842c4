import { SENDER_BODIES } from '../../../../../test/support/sender-bodies/index.js';
import { BUILT_IN_DIALECTS } from './built-in.js';
import { identify } from './identify.js';
import { owesReply } from './owes-reply.js';

/** Message kinds in the senders' documented bodies that need a reply, or do not. */
function kindsWith(owes: boolean): string[] {
  const kinds = SENDER_BODIES.flatMap(({ body, headers = {}, query }) => {
    const request = { method: 'POST', path: '/webhook', headers, query, body };
    const { messages } = identify(request, BUILT_IN_DIALECTS);
    return messages
      .filter(({ message, direction }) => message !== undefined && direction !== 'outbound')
      .filter((message) => owesReply(message) === owes)
      .map(({ media, type, edited }) => (edited ? 'edit' : media === 'button' ? `button (${type})` : media!));
  });
  return [...new Set(kinds)].toSorted();
}

describe('a reply is needed', () => {
  it('for what a person wrote, spoke, showed or chose', () => {
    expect(kindsWith(true)).toEqual([
      'audio',
      'button (button)',
      'button (interactive)',
      'button (message)',
      'button (postback)',
      'contacts',
      'document',
      'email',
      'form',
      'image',
      'list',
      'location',
      'order',
      'sticker',
      'text',
      'unsupported',
      'video',
      'voice',
    ]);
  });

  it('not for a reaction, a call, an edit, or a press of a button that the platform acknowledges', () => {
    expect(kindsWith(false)).toEqual([
      'button (block_actions)',
      'button (callback_query)',
      'call',
      'edit',
      'reaction',
      'story',
      // Text typed into another chat (`inline_query`).
      'text',
    ]);
  });

  it.each([
    ['a receipt, which has no message', { type: 'read', direction: 'inbound' }, false],
    ['an echo of our own side', { message: 'hola', media: 'text', direction: 'outbound' }, false],
    ['a dialect without kinds', { message: 'hola' }, true],
    ['a kind of an application’s own dialect', { message: 'hola', media: 'hologram' }, true],
    ['a kind that is named like a member of every object', { message: 'hola', media: 'constructor' }, true],
  ] as const)('%s', (_, message, owes) => {
    expect(owesReply(message)).toBe(owes);
  });
});
