import { compileRedaction } from './redaction.js';
import { marksOf } from './secret-bigrams.js';
import { INNER_LOOKS, LINK_LOOKS, PREFIX_LOOKS } from './secret-looks.js';
import { createSerializer } from '../serializer.js';

const { json, text, url, id } = createSerializer();

/**
 * Made up, in the forms that secrets have; the first match of each pattern is its sample. All contain `0a1b2c3d4e5f`.
 */
const PART = '0a1b2c3d4e5f';
const hex = `${PART}60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7`;
const CANDIDATES = [
  `${PART}ABCDEFGH0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789abcd`,
  hex,
  `12345678-1234-1234-1234-${PART}`,
  `AgE${PART}ABCDEFGH0123456789`,
  `AA${PART}ABCDEFGH0123456789abcdefghijklmnopqrst`,
  `eyJ${PART}ABCDEFGH0123456789`,
  `1${PART.toUpperCase()}ABCDEFGH0123456789`,
  `ABCDEF-${PART.slice(0, 11).toUpperCase()}-ABCDE-FGHIJ-KLMNO`,
  `${PART.toUpperCase()}ABCDEFGH0123456789`,
  `${PART.toUpperCase()}ABCDEFGH01.ABCDEFGH0123456789ABCDEFGH`,
  `${PART}abcdef.${PART}abcdefgh0123456789`,
  `${PART}_abcdefghijklmnop0123456789`,
  `${hex.slice(0, 24)}-${hex.slice(0, 34)}`,
  `${hex.slice(0, 24)}-${hex}`,
  `${PART}ABCDEFGH0123456789abcdefghijklmn`,
  hex.slice(0, 32),
  `abcdefghijklmnopqrstuvwxyz${PART}ABCDE`,
];
const SECRET = new RegExp(PART.slice(0, 11), 'i');

function sampleOf(body: string): string {
  const whole = new RegExp(`^(?:${body})$`);
  const sample = CANDIDATES.find((candidate) => whole.test(candidate));
  if (sample === undefined) throw new Error(`no sample of ${body}`);
  return sample;
}

const PREFIXED = PREFIX_LOOKS.flatMap(({ maker, prefixes, body }) =>
  prefixes.map((prefix): [string, string] => [`${maker} ${prefix}`, prefix + sampleOf(body)]),
);
const INNER: [string, string][] = [
  ['Azure', `abc8Q~${PART}~abcdefghijklmnopqrs.t`],
  ['Mailchimp', `${hex.slice(0, 32)}-us21`],
  ['Meta app', `123456789012345|${PART}_ABCDEFGHIJKLMNO`],
  ['Meta app, encoded', `123456789012345%7C${PART}_ABCDEFGHIJKLMNO`],
  ['OpenShift', `sha256~${PART}_ABCDEFGHIJKLMNOPQRSTUVW`],
];
const LINKS: [string, string][] = [
  ['Discord, bot', `MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.${PART}_abcdefghijklmnopqrstuv`],
  ['Slack', `https://hooks.slack.com/services/T00000000/B00000000/${PART}ABCDEFGH0123`],
  ['Slack, workflow', `https://hooks.slack.com/triggers/T00000000/123456/${PART}ABCDEFGH0123`],
  ['Slack, governments', `https://hooks.slack-gov.com/services/T0/B0/${PART}ABCDEFGH0123`],
  ['Discord', `https://discord.com/api/webhooks/123456789012345678/${PART}-_abcdefghijklmnopqrstuvwxyz0123456789`],
  ['Discord, version', `https://ptb.discord.com/api/v10/webhooks/123456789012345678/${PART}-_abcdefghijklmnopqrst`],
  ['Discord, older', `https://discordapp.com/api/webhooks/123456789012345678/${PART}-_abcdefghijklmnopqrstuv`],
  ['Teams', `https://contoso.webhook.office.com/webhookb2/${PART}@abc/IncomingWebhook/${PART}/${PART}`],
  ['Teams, older', `https://outlook.office.com/webhook/${PART}@abc/IncomingWebhook/${PART}/${PART}`],
  [
    'Power Automate',
    `https://prod-1.westus.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?sp=x&sig=${PART}`,
  ],
  ['Google Chat', `https://chat.googleapis.com/v1/spaces/AAA/messages?threadKey=a&token=${PART}%3D`],
  ['Zapier', `https://hooks.zapier.com/hooks/catch/1234567/${PART}/`],
  ['Make', `https://hook.eu1.make.com/${PART}abcdefghijklmnopqrst`],
  ['Make, older', `https://hook.integromat.com/${PART}abcdefghijklmnopqrst`],
  ['IFTTT', `https://maker.ifttt.com/trigger/lead/json/with/key/${PART}-ABCDEF`],
  ['HighLevel', `https://services.leadconnectorhq.com/hooks/abcDEF/webhook-trigger/${PART}-1234`],
  ['PagerDuty', `https://events.pagerduty.com/integration/${PART}0718293a4b5c6d7e8f9/enqueue`],
  ['Feishu', `https://open.feishu.cn/open-apis/bot/v2/hook/${PART}-1234`],
  ['Lark', `https://open.larksuite.com/open-apis/bot/v2/hook/${PART}-1234`],
  ['WeCom', `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${PART}-1234`],
  ['Telegram', `https://api.telegram.org/bot123456:AAE${PART}-abcdefghijklmnopqrst/sendMessage`],
  ['a database', `mongodb+srv://ana:${PART}@cluster0.mongodb.net/app`],
  [
    'a storage account',
    `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${PART}ABCDEFGH==;EndpointSuffix=core`,
  ],
  ['a message bus', `Endpoint=sb://a.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${PART}ABC=`],
  ['SQL Server', `Server=tcp:a.database.windows.net;User ID=ana;Password=${PART};Encrypt=True`],
  ['Sentry', `https://${PART}6071829@o1.ingest.sentry.io/2`],
  ['a signed URL of S3', `https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Signature=${PART}&x=1`],
];
const ALL = [...PREFIXED, ...INNER, ...LINKS];

const FRAMES = ['@', 'Request to @ failed', '"@"', '\n@\n', 'ñ@', `${'long text '.repeat(40)}@.`];

describe('a secret pattern', () => {
  it('is in the list with all promised properties', () => {
    expect(PREFIXED.length).toBeGreaterThan(150);
    expect(INNER.map(([maker]) => maker)).toEqual(INNER_LOOKS.map(({ maker }) => maker));
    expect(LINK_LOOKS.map(({ maker }) => maker).filter((maker) => !LINKS.some(([name]) => name === maker))).toEqual([]);
  });

  it.each(ALL)('is hidden in every text: %s', (_, secret) => {
    expect(secret).toMatch(SECRET);
    for (const frame of FRAMES) {
      const said = frame.replace('@', secret);
      expect(text(said)).not.toMatch(SECRET);
      expect(json({ said })).not.toMatch(SECRET);
      expect(json({ said, odd: 1n })).not.toMatch(SECRET);
    }
    const nested = JSON.stringify({ said: JSON.stringify({ secret }) });
    const escaped = JSON.stringify({ secret: `<${secret}>` })
      .replaceAll('/', '\\/')
      .replaceAll('<', '\\u003c');
    for (const written of [nested, escaped]) {
      const values = [written, { [written]: 1 }, new Map([[written, 1n]]), new Error(written)];
      for (const value of values) expect(json(value)).not.toMatch(SECRET);
    }
  });

  it.each(ALL)('is hidden in a URL, and is no id: %s', (_, secret) => {
    expect(url(`/cb?to=${encodeURIComponent(secret)}&a=1`)).not.toMatch(SECRET);
    expect(url(`/cb/${secret}`)).not.toMatch(SECRET);
    // Encoded once more: a percent sign marks no secret.
    if (!secret.includes('%')) expect(text(`next=${encodeURIComponent(` ${secret}`)}`)).not.toMatch(SECRET);
    expect(id(secret)).toMatch(/^redacted-[0-9a-f]{12}$/);
  });

  it('keeps the host and the kind of a link', () => {
    expect(text(`to ${LINKS[1]![1]} now`)).toBe('to https://hooks.slack.com/services/[REDACTED] now');
    expect(text(LINKS[4]![1])).toBe('https://discord.com/api/webhooks/123456789012345678/[REDACTED]');
  });
});

describe('texts that resemble secrets', () => {
  it.each([
    'skype-to-the-moon, mask-off-at-the-gate, risk-averse-and-bold',
    'https://discord.com/channels/123456789012345678/123456789012345678',
    'https://slack.com/services/T00000000/B00000000 and https://make.com/en/help/app/webhooks-and-more',
    'https://www.zapier.com/apps/catch/integrations, https://events.pagerduty.com/docs',
    'the monkey-business of turkey-00 and pa-rum-pum, key-value stores, api-first, API-KEYS',
    'google.maps.places.autocomplete, com.example.MyVeryLongClassName.method.another_method_name_here',
    'customer-success-platform.events.notification-service-worker-production',
    'snapshots of secret_santa_2026, fw_update, npm_config, cal_live, re_open_the_ticket_please',
    'SKU-0001, SKETCH, AIDA, EAACH, ASIATIC, LTAIR, EZ, T3',
    '2026-12-01T01:02:03.004Z, 1.0-rc, 192.168.0.1, 10-us, v1.0-beta.2',
    'price|12345|currency, 123|abc, a|b|c',
    'wamid.HBgNNTIxNTUxMjM0NTY3OBUCABIYFDNBMjM0NTY3ODkwMTIzNDU2Nzg5AA==',
    '12345678-1234-1234-1234-123456789abc, 65f0c0ffee0000000000abcd, z49hFQn0DxOX5sInJg60',
    'SM0123456789abcdef0123456789abcdef and AC0123456789abcdef0123456789abcdef',
    'cs_test_a1b2c3d4, pi_3MtwBwLkdIwHu7ix28a3tqPa, evt_1NG8Du2eZvKYlo2CUI79vXWy, cus_NffrFeUfNV2Hib',
    'asst_abc123def456ghi789jkl012, thread_abc123def456ghi789jkl012, run_abc123, call_0123456789abcdefghijklmn',
    'msg_01XFDUDYJgAACzvnptvVoYEL, toolu_01A09q90qw90lq917835lq9, req_011CSHoEeqs5C35K2UUqR7Fy',
  ])('are kept: %s', (said) => {
    expect(text(said)).toBe(said);
    expect(json({ said })).toBe(JSON.stringify({ said }));
  });

  it('does not search common words for secrets', () => {
    const said = 'Quiero agendar una cita para el lunes por la tarde';
    expect(compileRedaction().suspectsText(said, marksOf(said))).toBe(false);
  });
});
