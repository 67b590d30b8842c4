import { createHmac } from 'node:crypto';
import { BUILT_IN_DIALECTS } from '../../capture/dialects/built-in.js';
import { identify } from '../../capture/dialects/identify.js';
import type { GohighlevelShape } from './platforms.js';
import type { BuiltWebhook } from './webhook-request.js';
import { webhooks } from './webhooks.js';

function seen({ method, headers, payload }: BuiltWebhook) {
  return identify({ method, path: '/webhook', headers, body: payload }, BUILT_IN_DIALECTS);
}

/** Reads the body like a body parser. */
function parsed({ headers, body }: BuiltWebhook): unknown {
  return !headers['content-type']!.includes('form') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
}

const hmac = (text: string, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex') =>
  createHmac(algorithm, 's3cret').update(text).digest(encoding);

const who: Record<string, string> = {
  'whatsapp-cloud': '34611222333',
  telegram: '987654',
  twilio: '+34611222333',
  slack: 'U9',
  stripe: 'cus_9',
  chatwoot: '55',
  mailgun: 'ana@example.com',
  postmark: 'ana@example.com',
};
const messageIds: Record<string, string> = {
  telegram: '77',
  chatwoot: '77',
  stripe: 'evt_77',
  slack: 'D0000001:1705761022.000100',
};

const NAMES = BUILT_IN_DIALECTS.map(({ name }) => name).filter((name) => name in webhooks);

describe('webhooks', () => {
  it('has a builder for every built-in dialect whose webhooks are written in JSON or as a form and hold messages', () => {
    const without = ['hubspot', 'sendgrid', 'ses', 'aws-sms', 'inbound-email'];
    expect(NAMES).toEqual(BUILT_IN_DIALECTS.map(({ name }) => name).filter((name) => !without.includes(name)));
  });

  describe.each(NAMES)('%s', (name) => {
    const build = webhooks[name as keyof typeof webhooks];
    const contactId = who[name] ?? 'ana';
    const messageId = messageIds[name] ?? 'm-77';

    it('is read by that dialect, with contact, message and message id', () => {
      const { dialect, messages } = seen(build({ contactId, message: '¿Qué tal?', messageId }));
      expect([dialect, messages]).toEqual([
        name,
        [expect.objectContaining({ contactId, message: '¿Qué tal?', messageId })],
      ]);
      expect(messages[0]!.direction ?? 'inbound').toBe('inbound');
    });

    it('needs no argument, and builds a different message each time', () => {
      const [first, second] = [seen(build()), seen(build())].map(({ messages }) => messages[0]!);
      expect(first).toEqual({ ...second, messageId: expect.any(String) });
      expect(first!.message).toBe('Hola');
      expect(first!.messageId).not.toBe(second!.messageId);
    });

    it('has the same content in its body as in its payload', () => {
      const webhook = build({ extra: { note: 'x' } });
      expect(parsed(webhook)).toEqual(webhook.payload);
      expect(webhook.body).toContain('note');
    });
  });

  it.each<GohighlevelShape>(['app', 'message', 'message.body', 'messageBody', 'contact.id', 'phone'])(
    'writes HighLevel’s %s',
    (shape) => {
      const { dialect, messages } = seen(
        webhooks.gohighlevel({ contactId: 'c9', message: 'm', messageId: 'i', shape }),
      );
      expect([dialect, messages]).toEqual([
        'gohighlevel',
        [expect.objectContaining({ contactId: 'c9', message: 'm', messageId: 'i' })],
      ]);
    },
  );

  it('puts several people’s messages, or a notice, into one WhatsApp POST', () => {
    const two = webhooks.whatsappCloud({ contactId: '1', more: [{ contactId: '2', message: 'b' }] });
    expect(seen(two).messages.map(({ contactId }) => contactId)).toEqual(['1', '2']);
    expect(seen(webhooks.whatsappCloud({ contactId: '1', status: 'read' })).messages).toEqual([
      expect.objectContaining({ contactId: '1', type: 'status', direction: 'outbound' }),
    ]);
  });

  it('presses Telegram’s buttons, and accepts no other ids than numbers', () => {
    expect(seen(webhooks.telegram({ callback: true, message: 'yes', messageId: '8' })).messages).toEqual([
      expect.objectContaining({ type: 'callback_query', message: 'yes', messageId: '8', contactId: '1000001' }),
    ]);
    expect(() => webhooks.telegram({ contactId: 'ana' })).toThrow(/contactId is "ana"/);
  });

  it('writes Slack’s commands and challenge', () => {
    expect(seen(webhooks.slack({ command: '/lead', message: '42' })).messages).toEqual([
      expect.objectContaining({ type: 'slash_command', message: '/lead 42', contactId: 'U0000001' }),
    ]);
    expect(seen(webhooks.slack({ challenge: 'c' })).messages).toMatchObject([{ type: 'url_verification' }]);
  });

  it('writes Twilio’s WhatsApp and its notices', () => {
    const whatsapp = webhooks.twilio({ channel: 'whatsapp', contactId: '+1' });
    expect(whatsapp.payload.From).toBe('whatsapp:+1');
    expect(seen(whatsapp).messages[0]!.contactId).toBe('+1');
    expect(seen(webhooks.twilio({ status: 'delivered', contactId: '+1' })).messages[0]).toMatchObject({
      contactId: '+1',
      type: 'status',
      direction: 'outbound',
    });
  });

  it('writes the echo of a sent message, with the contact as its recipient', () => {
    for (const webhook of [
      webhooks.messenger({ contactId: '7', echo: true }),
      webhooks.instagram({ contactId: '7', echo: true }),
      webhooks.evolution({ contactId: '7', fromMe: true }),
      webhooks.greenApi({ contactId: '7', fromMe: true }),
      webhooks.chatwoot({ contactId: '7', messageType: 'outgoing' }),
      webhooks.chatwoot({ contactId: '7', private: true }),
    ]) {
      expect(seen(webhook).messages).toMatchObject([{ contactId: '7', direction: 'outbound' }]);
    }
  });

  it('writes a member of a LINE group, and refuses an id that Chatwoot cannot have', () => {
    expect(seen(webhooks.line({ contactId: 'U7', groupId: 'C1' })).messages).toMatchObject([{ contactId: 'U7' }]);
    expect(() => webhooks.chatwoot({ contactId: 'ana' })).toThrow(/contactId is "ana"/);
  });

  it('gives a Slack message the same time for the same id', () => {
    const idOf = (messageId: string) => seen(webhooks.slack({ messageId })).messages[0]!.messageId;
    expect(idOf('m1')).toMatch(/^D0000001:\d{10}\.\d{6}$/);
    expect([idOf('m1'), idOf('C1:17.1')]).toEqual([idOf('m1'), 'C1:17.1']);
    expect(idOf('m1')).not.toBe(idOf('m2'));
  });

  it('writes CloudEvents with their attributes in headers', () => {
    const binary = webhooks.cloudevents({ mode: 'binary', contactId: 'ana', message: 'm', messageId: 'i' });
    expect(binary.payload).toEqual({ message: 'm' });
    expect(seen(binary)).toMatchObject({
      dialect: 'cloudevents',
      messages: [{ contactId: 'ana', message: 'm', messageId: 'i' }],
    });
  });

  describe('with a secret, signs as the sender does', () => {
    const at = new Date('2024-01-20T14:30:22Z');
    const secret = 's3cret';

    it('LINE', () => {
      const { headers, body } = webhooks.line({ secret });
      expect(headers['x-line-signature']).toBe(hmac(body, 'sha256', 'base64'));
    });

    it('GitHub, WhatsApp and Messenger', () => {
      for (const { headers, body } of [
        webhooks.github({ secret }),
        webhooks.whatsappCloud({ secret }),
        webhooks.messenger({ secret }),
      ])
        expect(headers['x-hub-signature-256']).toBe(`sha256=${hmac(body)}`);
      expect(webhooks.github().headers['x-hub-signature-256']).toMatch(/^sha256=0{64}$/);
    });

    it('Slack', () => {
      const { headers, body } = webhooks.slack({ secret, at });
      expect(headers['x-slack-request-timestamp']).toBe('1705761022');
      expect(headers['x-slack-signature']).toBe(`v0=${hmac(`v0:1705761022:${body}`)}`);
    });

    it('Stripe', () => {
      const { headers, body } = webhooks.stripe({ secret, at });
      expect(headers['stripe-signature']).toBe(`t=1705761022,v1=${hmac(`1705761022.${body}`)}`);
    });

    it('Twilio, over the URL and the sorted fields', () => {
      const url = 'https://example.com/webhook/twilio';
      const { headers, payload } = webhooks.twilio({ secret, url, message: 'hi' });
      const text = Object.entries(payload)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flat()
        .join('');
      expect(headers['x-twilio-signature']).toBe(hmac(url + text, 'sha1', 'base64'));
    });

    it('Telegram', () => {
      expect(webhooks.telegram({ secret }).headers['x-telegram-bot-api-secret-token']).toBe(secret);
    });
  });
});
