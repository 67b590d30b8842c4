import { jsonOf } from '../../../dialects/fields.js';
import { at, idAt, joined, listAt, textAt } from './fields.js';
import { failureIn, messagingApi, type Sending } from './messaging-api.js';

const SAYS = { code: ['error'], reason: ['response_metadata.messages', 'error'] };

/** A call whose text is in blocks has `text` for notifications only, or none. */
function slackText(fields: unknown): string | undefined {
  const text = textAt(fields, 'text', 'markdown_text');
  if (text !== undefined) return text;
  const given = at(fields, 'blocks');
  const blocks = typeof given === 'string' ? jsonOf(given) : given;
  const texts = (Array.isArray(blocks) ? blocks.slice(0, 50) : []).map((block) => textAt(block, 'text.text', 'text'));
  return joined(texts) ?? joined(listAt(fields, 'attachments').map((one) => textAt(one, 'text', 'fallback')));
}

function message(fields: unknown, edited?: boolean): Sending | undefined {
  if (fields === undefined) return undefined;
  return {
    text: slackText(fields),
    channel: 'slack',
    to: idAt(fields, 'channel'),
    ...(edited && { edited: true as const }),
  };
}

/** Slack's Web API answers 200 with `ok: false`. A message is named by its channel and time. */
export const slack = messagingApi({
  name: 'slack',
  methods: ['POST', 'GET'],
  path: /^\/api\/chat\.(?:postMessage|postEphemeral|meMessage|update)$/,
  sent: ({ fields, path }) => message(fields, path.endsWith('.update')),
  accepted: (answer) => {
    const ok = at(answer, 'ok');
    if (ok === false) return { failure: failureIn(SAYS, answer) };
    if (ok !== true) return undefined;
    const [channel, time] = [idAt(answer, 'channel'), idAt(answer, 'ts', 'message_ts')];
    return { ids: [channel === undefined || time === undefined ? undefined : `${channel}:${time}`] };
  },
  ...SAYS,
});

/** Incoming webhooks and response URLs: `ok` as plain text, or as JSON. */
export const slackHooks = messagingApi({
  name: 'slack',
  host: /^hooks\.slack(?:-gov)?\.com$/,
  path: /^\/(?:services|commands|actions|app)\/./,
  // `delete_original` without a text takes a message back.
  sent: ({ fields }) =>
    at(fields, 'delete_original') === true && textAt(fields, 'text') === undefined ? undefined : message(fields),
  accepted: (answer) => (at(answer, 'ok') === false ? { failure: failureIn(SAYS, answer) } : {}),
  ...SAYS,
});
