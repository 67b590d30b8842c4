import { hintsOf, NOTHING } from '../../../../../../test/support/hints-of.js';
import { Story } from '../../../../../../test/support/story.js';
import type { HintContext } from '../hints.js';

describe('hints about the webhook itself', () => {
  it.each<[string, Parameters<Story['identify']>[0], Partial<HintContext>, string[]]>([
    [
      'a message that was not delivered, with the trace that sent it',
      {
        notices: [
          {
            status: 'failed',
            code: '131047',
            reason: 'Re-engagement message',
            message_id: 'wamid.X',
            contact: '5215512345678',
          },
        ],
      },
      { sentBy: new Map([['wamid.X', 'ana_20240120_143022_000001']]) },
      [
        '📵 Not delivered: message wamid.X to 5215512345678: failed 131047 Re-engagement message; sent by ana_20240120_143022_000001',
      ],
    ],
    [
      'a report without ids',
      { notices: [{ status: 'undelivered' }] },
      {},
      ['📵 Not delivered: a message: undelivered'],
    ],
    [
      'seven reports',
      { notices: Array.from({ length: 7 }, (_, n) => ({ status: 'failed', message_id: `m${n}` })) },
      {},
      [0, 1, 2, 3, 4].map((n) => `📵 Not delivered: message m${n}: failed`).concat('📵 Not delivered: 2 more messages'),
    ],
    ['an edit', { edited: true, message_id: 'm' }, { editOf: 'old' }, ['✏️ Edited message: it first came in old']],
    [
      'an edit of a message that is not here',
      { edited: true, message_id: 'm' },
      { duplicateOf: 'not-this' },
      ['✏️ Edited message: its first delivery was not found'],
    ],
    [
      'no contact to name',
      { contact: 'unknown' },
      {},
      ['👤 No contact was found in this webhook; name it with capture.contactId or traceContact()'],
    ],
    ['two contacts', { contact: 'ana', contacts: ['ben'] }, {}, ['👥 This webhook is about 2 contacts: ana, ben']],
    [
      'seven contacts',
      { contact: 'c0', contacts: [1, 2, 3, 4, 5, 6].map((n) => `c${n}`) },
      {},
      ['👥 This webhook is about 7 contacts: c0, c1, c2, c3, c4 and 2 more'],
    ],
    [
      'a placeholder, by its path in the body',
      {
        placeholders: ['contact.id', 'list[0].name', 'gone'],
        body: { contact: { id: '{{contact.id}}' }, list: [{ name: 'Hi {{ x }}!' }] },
      },
      {},
      [
        '🏷️ Unreplaced placeholder in contact.id: {{contact.id}}',
        '🏷️ Unreplaced placeholder in list[0].name: {{ x }}',
        '🏷️ Unreplaced placeholder in gone',
      ],
    ],
    [
      'a placeholder that the dialect wrote out',
      { placeholders: ['contact.id: {{contact.id}}', '{{contact.id}}'] },
      {},
      ['🏷️ Unreplaced placeholder in contact.id: {{contact.id}}', '🏷️ Unreplaced placeholder: {{contact.id}}'],
    ],
    [
      'a body that no parser read',
      { unparsed: 5000, body: 'x'.repeat(1024) },
      {},
      ['📦 The body was not parsed; its first 1,024 of 5,000 bytes are kept'],
    ],
    ['a short one', { unparsed: 9, body: 'ñandú 1' }, {}, ['📦 The body was not parsed; its 9 bytes are kept']],
    [
      'one that was not kept',
      { unparsed: 1234567 },
      {},
      ['📦 The body was not parsed; none of its 1,234,567 bytes are kept'],
    ],
  ])('has the facts of the webhook itself: %s', (_what, fields, context, expected) => {
    const given = new Story().open().identify(fields).response(200).event('saved').end();
    expect(hintsOf(given, context)).toEqual(expected);
    // None of these hints makes a trace fail, and an empty handler is named too.
    const empty = new Story().open().identify(fields).response(200).end();
    expect(hintsOf(empty, context)).toEqual([...expected, ...NOTHING]);
  });

  it.each<[string, Story]>([
    [
      'a request that only asks',
      new Story().open({ method: 'GET', path: '/webhook' }).identify({ contact: 'unknown' }),
    ],
    ['work without a request', new Story().open({}).identify({ contact: 'unknown' })],
    ['a copy of a sent message', new Story().open().identify({ contact: 'unknown', direction: 'outbound' })],
    ['a contact that a look-up named', new Story().open().identify({ contact: 'unknown' }).contact('ana')],
    ['a request that was refused', new Story().open().identify({ contact: 'unknown' }).response(401)],
    ['a lost identification', new Story().open()],
  ])('does not ask for a contact in %s', (_what, given) => expect(hintsOf(given.end()).join()).not.toContain('👤'));
});
