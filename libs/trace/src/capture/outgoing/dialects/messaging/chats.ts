import { jsonOf } from '../../../dialects/fields.js';
import { mediaKind, mediaText } from '../../../dialects/media.js';
import { at, idAt, joined, listAt, textAt } from './fields.js';
import { messagingApi, type Sending } from './messaging-api.js';

/** Text of a Discord message: its content, else what its embeds say. */
function discordMessage(fields: unknown, to: string | undefined, edited: boolean): Sending | undefined {
  if (fields === undefined) return undefined;
  // With files, the message is JSON in a field of a form.
  const message = jsonOf(at(fields, 'payload_json')) ?? fields;
  const embeds = listAt(message, 'embeds').map((one) =>
    joined([textAt(one, 'title'), textAt(one, 'description')], ': '),
  );
  return {
    text: textAt(message, 'content') ?? joined(embeds),
    channel: 'discord',
    to,
    ...(edited && { edited: true as const }),
  };
}

const DISCORD_HOST = /^(?:(?:ptb|canary)\.)?discord(?:app)?\.com$/;
const DISCORD_PATH =
  /^\/api\/(?:v\d+\/)?(?:channels\/(\d+)\/messages|webhooks\/(\d+)\/[^/]+(?:\/messages\/@original)?)$/;

/** Discord: messages of a bot, webhooks, and the later answer to a command. */
export const discord = messagingApi({
  name: 'discord',
  host: DISCORD_HOST,
  path: DISCORD_PATH,
  methods: ['POST', 'PATCH'],
  sent: ({ fields, path, method }) => discordMessage(fields, DISCORD_PATH.exec(path)?.[1], method === 'PATCH'),
  accepted: (answer) => ({ ids: [idAt(answer, 'id')] }),
  code: ['code'],
  reason: ['message'],
});

const ACTIVITY = /^(?:\/[^/]+)*?\/v3\/conversations\/([^/]+)\/activities(?:\/[^/]+)?$/;

/** Microsoft's Bot Connector (Teams among its channels), whose address differs by region. Other activities are signs. */
export const botFramework = messagingApi({
  name: 'bot-framework',
  path: ACTIVITY,
  methods: ['POST', 'PUT'],
  sent: ({ fields, method }): Sending | undefined => {
    if (textAt(fields, 'type') !== 'message') return undefined;
    const channel = textAt(fields, 'channelId');
    const attachment = at(fields, 'attachments.0');
    const type = textAt(attachment, 'contentType') ?? '';
    const text = textAt(fields, 'text');
    const card = /card/i.test(type) ? (textAt(attachment, 'content.title', 'content.text') ?? '[card]') : undefined;
    const media =
      attachment === undefined
        ? undefined
        : mediaText(mediaKind(type) ?? 'attachment', textAt(attachment, 'name'), undefined);
    return {
      text: text ?? card ?? media,
      channel: channel === 'msteams' ? 'teams' : channel,
      to: idAt(fields, 'recipient.id', 'conversation.id'),
      ...(method === 'PUT' && { edited: true as const }),
    };
  },
  accepted: (answer) => ({ ids: [idAt(answer, 'id')] }),
  code: ['error.code'],
  reason: ['error.message', 'message'],
});
