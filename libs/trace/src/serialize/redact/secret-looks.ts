/**
 * Secrets that are recognised by their look. Prefixes and lengths are facts from two public lists and from what the vendors
 * document: the rules of gitleaks (github.com/gitleaks/gitleaks, config/gitleaks.toml) and GitHub's supported secret scanning
 * patterns (docs.github.com/code-security), both as of November 2026. Lengths are kept shorter than in those lists, because a
 * secret that is cut off is still one.
 */

/** A secret that begins with letters of its maker. */
export interface PrefixLook {
  readonly maker: string;
  /** The beginnings, as they are written. */
  readonly prefixes: readonly string[];
  /** What follows the prefix, as the source of a RegExp. */
  readonly body: string;
  /**
   * Two characters of the prefix that are rare in other texts (see `secret-bigrams.ts`). Default: its last two.
   */
  readonly pair?: string;
}

const LETTERS = (least: number): string => `[A-Za-z0-9]{${least},}`;
const WORD = (least: number): string => `[\\w-]{${least},}`;
const BASE64 = (least: number): string => `[A-Za-z0-9_+/=]{${least},}`;
const HEX = (least: number): string => `[0-9a-fA-F]{${least},}`;
const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

const looks = (maker: string, prefixes: string, body: string, pair?: string): PrefixLook => ({
  maker,
  prefixes: prefixes.split(' '),
  body,
  ...(pair !== undefined && { pair }),
});

export const PREFIX_LOOKS: readonly PrefixLook[] = [
  // Models and agents
  looks('OpenAI, Anthropic, OpenRouter, DeepSeek', 'sk-', WORD(12)),
  looks('ElevenLabs, Clerk and others', 'sk_', '\\w{16,}'),
  looks('Langfuse', 'pk-lf-', WORD(12)),
  looks('LangSmith', 'lsv2_pt_ lsv2_sk_ ls__', '\\w{20,}'),
  looks('Groq', 'gsk_', LETTERS(20)),
  looks('xAI', 'xai-', LETTERS(20)),
  looks('Perplexity', 'pplx-', LETTERS(20)),
  looks('Replicate', 'r8_', LETTERS(20)),
  looks('Hugging Face', 'hf_ api_org_', BASE64(8)),
  looks('Cerebras', 'csk-', LETTERS(20)),
  looks('NVIDIA', 'nvapi-', WORD(20)),
  looks('Voyage', 'pa-', '[\\w-]{40,}'),
  looks('Fireworks', 'fw_', LETTERS(20)),
  looks('Tavily', 'tvly-', WORD(20)),
  looks('Firecrawl', 'fc-', HEX(32)),
  looks('Jina', 'jina_', LETTERS(20)),
  looks('E2B', 'e2b_', HEX(32)),
  looks('Pinecone', 'pcsk_', '\\w{20,}'),
  looks('RunPod', 'rpa_', LETTERS(20)),
  looks('Apify', 'apify_api_', LETTERS(20)),
  // Messages
  looks('HighLevel', 'pit-', UUID),
  looks('Meta', 'EAA', LETTERS(16)),
  looks('Slack', 'xoxa- xoxb- xoxc- xoxd- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-', WORD(8), 'xo'),
  looks('Twilio', 'SK', `${HEX(32)}(?![A-Za-z0-9])`),
  looks('SendGrid', 'SG.', '[\\w-]{8,}\\.[\\w-]{8,}'),
  looks('Mailgun', 'key- pubkey-', HEX(32)),
  looks('MailerSend', 'mlsn.', HEX(32), 'ml'),
  looks('Brevo', 'xkeysib- xsmtpsib-', WORD(20)),
  looks('Resend', 're_', '[A-Za-z0-9]{6,12}_[A-Za-z0-9]{16,}'),
  looks('HubSpot', 'pat-na1- pat-na2- pat-na3- pat-eu1- pat-ap1-', UUID, 'at'),
  looks('Typeform', 'tfp_', '[\\w.=-]{20,}'),
  looks('Cal.com', 'cal_live_ cal_test_', LETTERS(20)),
  // Code and documents
  looks('GitHub', 'ghp_ gho_ ghu_ ghs_ ghr_ github_pat_', BASE64(8)),
  looks(
    'GitLab',
    'glpat- gldt- glft- glsoat- glrt- glrtr- glcbt- glptt- glimt- glagent- gloas- glffct- glwt-',
    '[\\w-]{12,}(?:\\.[0-9a-z]{2}[0-9a-z]{7})?',
  ),
  looks('GitLab runner', 'GR1348941', WORD(16), 'R1'),
  looks('npm', 'npm_', BASE64(8)),
  looks('PyPI', 'pypi-', 'AgE[\\w-]{20,}'),
  looks('RubyGems', 'rubygems_', HEX(32)),
  looks('Clojars', 'CLOJARS_', LETTERS(30)),
  looks('Docker', 'dckr_pat_ dckr_oat_', WORD(20)),
  looks('Notion', 'ntn_', LETTERS(20)),
  looks('Notion, older', 'secret_', '[A-Za-z0-9]{43}(?![A-Za-z0-9])'),
  looks('Linear', 'lin_api_ lin_oauth_', BASE64(8)),
  looks('Atlassian', 'ATATT3 ATCTT3 ATSTT3', '[\\w=-]{20,}', 'T3'),
  looks('Figma', 'figd_ figo_', WORD(20)),
  looks('Postman', 'PMAK-', '[0-9a-fA-F]{24}-[0-9a-fA-F]{20,}'),
  looks('Readme', 'rdme_', LETTERS(40)),
  looks('Frame.io', 'fio-u-', '[\\w=-]{32,}'),
  looks('Sourcegraph', 'sgp_', '(?:[0-9a-fA-F]{16}_|local_)?[0-9a-fA-F]{32,}'),
  // Money
  looks('Stripe', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ pk_live_ pk_test_ whsec_', BASE64(8)),
  looks('Shopify', 'shpat_ shpss_ shpca_ shppa_ shpua_', BASE64(8)),
  looks('Square', 'sq0atp- sq0csp- sq0idp-', WORD(16)),
  looks('Flutterwave', 'FLWSECK_TEST- FLWSECK-', WORD(12)),
  looks('Plaid', 'access-sandbox- access-development- access-production-', UUID),
  looks('Shippo', 'shippo_live_ shippo_test_', HEX(32)),
  looks('EasyPost', 'EZAK EZTK', LETTERS(30), 'EZ'),
  looks('Duffel', 'duffel_live_ duffel_test_', '[\\w=-]{20,}'),
  // Clouds and their tools
  looks('AWS', 'AKIA ASIA ABIA ACCA', '[A-Z0-9]{12,}(?![a-z])'),
  looks('Google API', 'AIza', WORD(20)),
  looks('Google OAuth', 'ya29.', WORD(16), 'a2'),
  looks('Google OAuth client', 'GOCSPX-', WORD(16)),
  looks('Alibaba', 'LTAI', LETTERS(16)),
  looks('DigitalOcean', 'dop_v1_ doo_v1_ dor_v1_', BASE64(8)),
  looks('Vercel', 'vcp_ vci_ vca_ vcr_ vck_', LETTERS(20)),
  looks('Netlify', 'nfp_ nfo_ nfu_ nfc_ nfb_', LETTERS(20)),
  looks('Fly.io', 'fo1_ fm1r_ fm1a_ fm2_', '[\\w+/=-]{32,}'),
  looks('Heroku', 'HRKU-', WORD(30)),
  looks('Cloudflare origin', 'v1.0-', '[0-9a-f]{24}-[0-9a-f]{32,}', 'v1'),
  looks('Supabase', 'sbp_ sb_secret_', BASE64(8)),
  looks('PlanetScale', 'pscale_tkn_ pscale_oauth_ pscale_pw_', '[\\w=.-]{20,}'),
  looks('Databricks', 'dapi', HEX(32)),
  looks('Prefect', 'pnu_ pnb_', LETTERS(30)),
  looks('Pulumi', 'pul-', HEX(32)),
  looks('Terraform', 'atlasv1.', '[\\w=-]{40,}', 'v1'),
  looks('Scalingo', 'tk-us-', WORD(32)),
  looks('Tailscale', 'tskey-api- tskey-auth- tskey-client-', WORD(12), 'ey'),
  looks('Infracost', 'ico-', LETTERS(32)),
  looks('Octopus', 'API-', '[A-Z0-9]{26,}'),
  // Vaults
  looks('HashiCorp Vault', 'hvs. hvb. hvr.', WORD(20), 'hv'),
  looks('Doppler', 'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', '(?:[\\w-]{1,40}\\.)?[A-Za-z0-9]{20,}', 'dp'),
  looks('1Password', 'ops_', 'eyJ[\\w+/=-]{20,}'),
  looks('1Password key', 'A3-', '[A-Z0-9]{6}-[A-Z0-9]{5,11}-(?:[A-Z0-9]{5,6}-?){2,4}'),
  looks('age', 'AGE-SECRET-KEY-', '1[A-Z0-9]{20,}'),
  // What is watched
  looks('Grafana', 'glsa_ glc_', BASE64(8)),
  looks('New Relic', 'NRAK- NRII- NRJS-', WORD(16)),
  looks('Sentry', 'sntrys_ sntryu_', BASE64(20)),
  looks('Dynatrace', 'dt0c01. dt0s01.', '[A-Z0-9]{20,}\\.[A-Z0-9]{20,}', 'dt'),
  looks('PostHog', 'phx_', LETTERS(20)),
];

/** Before a secret comes nothing of a word, but an escape of JSON or of URLs. */
export const NO_WORD_BEFORE = '(?<=^|[^A-Za-z0-9_-]|%[0-9A-Fa-f]{2}|\\\\[nrtbf]|\\\\u[0-9A-Fa-f]{4})';

/** A secret without a prefix, recognised by a part in its middle. Sources of RegExps. */
export interface InnerLook {
  readonly maker: string;
  readonly before: string;
  /** Written as it is. */
  readonly anchor: string;
  readonly after: string;
  /** The pairs of characters of which the text has one: any of the first text, then any of the second. */
  readonly pair: readonly [first: string, second: string];
}

/** A user id in base64, which begins like digits do, a time and a signature: found at the first of two dots. */
export const DISCORD_BOT = { before: '[MNO][A-Za-z0-9]{22,27}', between: '[\\w-]{6}', after: '[\\w-]{27,}' };

const DIGIT = '0123456789';

export const INNER_LOOKS: readonly InnerLook[] = [
  {
    maker: 'Azure',
    before: '[\\w~.]{3}[0-9]',
    anchor: 'Q~',
    after: '[\\w~.-]{24,}',
    pair: ['Q', '~'],
  },
  {
    maker: 'Mailchimp',
    before: '[0-9a-f]{32}',
    anchor: '-us',
    after: '[0-9]{1,2}(?![A-Za-z0-9])',
    pair: ['-', 'u'],
  },
  {
    maker: 'Meta app',
    before: '[0-9]{13,17}',
    anchor: '|',
    after: '[\\w-]{20,}',
    pair: [DIGIT, '|'],
  },
  {
    maker: 'Meta app, encoded',
    before: '[0-9]{13,17}',
    anchor: '%7C',
    after: '[\\w-]{20,}',
    pair: ['%', '7'],
  },
  {
    maker: 'OpenShift',
    before: 'sha',
    anchor: '256~',
    after: '[\\w-]{30,}',
    pair: ['6', '~'],
  },
];

/** A URL with which anyone can send or start something. The host and the kind of link stay readable. */
export interface LinkLook {
  readonly maker: string;
  /** The host up to `.com` or `.cn`. */
  readonly host: string;
  /** The path before the secret; `/` is a slash in any escape. */
  readonly path: string;
  /** The rest, which is hidden. */
  readonly secret: string;
}

/** The rest of a link, with slashes. */
const REST = '(?:[\\w+@.-]|\\\\*/|%[0-9a-fA-F]{2}){8,}';

export const LINK_LOOKS: readonly LinkLook[] = [
  { maker: 'Slack', host: 'hooks.slack', path: '/(?:services|workflows|triggers)/', secret: REST },
  { maker: 'Slack, governments', host: 'hooks.slack-gov', path: '/(?:services|workflows|triggers)/', secret: REST },
  { maker: 'Discord', host: 'discord', path: '/api/(?:v[0-9]+/)?webhooks/[0-9]+/', secret: REST },
  { maker: 'Discord, older', host: 'discordapp', path: '/api/(?:v[0-9]+/)?webhooks/[0-9]+/', secret: REST },
  { maker: 'Teams', host: 'webhook.office', path: '/webhookb2/', secret: REST },
  { maker: 'Teams, older', host: 'outlook.office', path: '/webhook/', secret: REST },
  { maker: 'Zapier', host: 'hooks.zapier', path: '/hooks/(?:catch|standard)/', secret: REST },
  { maker: 'Make', host: 'make', path: '/', secret: '(?<=hook\\.(?:[a-z0-9]+\\.)?make\\.com.{1,6})[a-z0-9]{20,}' },
  { maker: 'Make, older', host: 'hook.integromat', path: '/', secret: REST },
  { maker: 'IFTTT', host: 'maker.ifttt', path: '/trigger/[\\w-]+/(?:json/)?with/key/', secret: REST },
  { maker: 'HighLevel', host: 'leadconnectorhq', path: '/hooks/[\\w-]+/webhook-trigger/', secret: REST },
  { maker: 'PagerDuty', host: 'events.pagerduty', path: '/integration/', secret: REST },
  { maker: 'Feishu', host: 'open.feishu', path: '/open-apis/bot/(?:v2/)?hook/', secret: REST },
  { maker: 'Lark', host: 'open.larksuite', path: '/open-apis/bot/(?:v2/)?hook/', secret: REST },
  { maker: 'WeCom', host: 'qyapi.weixin.qq', path: '/cgi-bin/webhook/send(?:\\?|%3[fF])key(?:=|%3[dD])', secret: REST },
];
