import { SENDER_BODIES } from '../../../../../test/support/sender-bodies/index.js';
import { BUILT_IN_DIALECTS } from '../dialects/built-in.js';
import { explain } from './explain.js';
import { identify } from '../dialects/identify.js';

const request = (body: unknown, headers = {}, query?: Record<string, string>) => ({
  method: 'POST',
  path: '/webhook',
  headers,
  query,
  body,
});

describe('explain', () => {
  it('returns the values that capture records, with reasons, for every body of the table', () => {
    for (const { name, body, headers, query } of SENDER_BODIES) {
      const asked = request(body, headers, query);
      const found = explain(asked);
      const { dialect, messages } = identify(asked, BUILT_IN_DIALECTS);
      expect([name, found.dialect, found.messages.map((one) => ({ ...one, attempts: undefined }))]).toEqual([
        name,
        dialect,
        messages,
      ]);
      for (const { contactId, reason } of found.messages) {
        if (contactId !== undefined) expect([name, reason?.contactId]).toEqual([name, expect.stringMatching(/./)]);
      }
      for (const { matched, reason } of found.asked) {
        if (!matched) expect([name, reason]).toEqual([name, expect.stringMatching(/./)]);
      }
    }
  });

  it('names the first unmet condition of each dialect before the one that matched', () => {
    const { asked } = explain(request({ object: 'page', entry: [] }));
    expect(asked).toEqual([
      {
        dialect: 'sns',
        matched: false,
        reason: 'Type is not Notification; Type is not SubscriptionConfirmation or UnsubscribeConfirmation',
      },
      { dialect: 'whatsapp-cloud', matched: false, reason: 'object is not whatsapp_business_account' },
      { dialect: 'messenger', matched: true },
    ]);
  });

  it('names each path that was read, and its value', () => {
    const { messages } = explain(
      request({ contactId: '{{contact.id}}', contact_id: null, contact: { id: 7 }, text: 'x' }),
    );
    expect(messages[0]!.attempts.filter(({ field }) => field === 'contactId')).toEqual([
      { message: 0, field: 'contactId', path: 'contactId', found: 'placeholder' },
      { message: 0, field: 'contactId', path: 'contact_id', found: 'nothing' },
      { message: 0, field: 'contactId', path: 'contactID', found: 'nothing' },
      { message: 0, field: 'contactId', path: 'contact.id', found: 'taken' },
    ]);
  });

  it('shows the content of an envelope', () => {
    const inner = JSON.stringify({ update_id: 1, message: { message_id: 2, from: { id: 3 }, text: 'Hola' } });
    const { dialect, asked, messages } = explain(
      request({ Type: 'Notification', MessageId: 'm', TopicArn: 'a', Message: inner }),
    );
    expect(dialect).toBe('telegram');
    expect(asked[0]).toEqual({ dialect: 'sns', matched: true });
    expect(asked.at(-1)).toEqual({ dialect: 'telegram', matched: true, inside: 'sns' });
    expect(messages).toMatchObject([{ contactId: '3', reason: { contactId: 'message.from.id' } }]);
  });

  it('names a dialect that throws', () => {
    const broken = {
      name: 'own',
      match: () => {
        throw new Error('no');
      },
      extract: () => [],
    };
    expect(explain(request({ contactId: 'c' }), [broken, ...BUILT_IN_DIALECTS])).toMatchObject({
      dialect: 'generic',
      failures: [{ dialect: 'own', message: 'no' }],
    });
  });
});
