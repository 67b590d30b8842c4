import { badOption, textOption } from '../../model/option-checks.js';
import type { AlertChannel, GivenChannel } from './alert-to.js';
import { secretObjectOption, shapeOf } from '../../model/secret-options.js';
import { type Channel, customChannel, slackChannel, webhookChannel } from './channel.js';

const KINDS: readonly AlertChannel['kind'][] = ['slack', 'webhook', 'custom'];
const NAME = /^[\w.-]{1,40}$/;
const MIN_SECRET = 16;
/** A URL of Slack is a secret, and so may be any other: errors do not show them. */
const HIDDEN = '(not shown)';

/** Checks the option `alerts.channels`. */
export function resolveChannels(given: unknown): Channel[] {
  const allowed = 'a list of alertTo.slack(url), alertTo.webhook(url) or alertTo.custom(fn), at least one';
  // The error shows no values: a value may be an address, and the path of an address may be a secret.
  if (!Array.isArray(given) || given.length === 0) {
    throw badOption('alerts.channels', Array.isArray(given) ? [] : shapeOf(given), allowed);
  }
  const wrong = given.findIndex((item) => !isChannel(item));
  if (wrong >= 0) throw badOption(`alerts.channels[${wrong}]`, shapeOf(given[wrong]), allowed);
  const channels = given as GivenChannel[];
  const names = new Set<string>();
  return channels.map((channel, i) => {
    const path = `alerts.channels[${i}]`;
    return opened(channel, path, nameOf(channel, path, names));
  });
}

function opened({ kind, url, send, options }: GivenChannel, path: string, name: string): Channel {
  const { secret, headers } = secretObjectOption(
    path,
    options,
    kind === 'webhook' ? ['name', 'secret', 'headers'] : ['name'],
  );
  if (kind === 'custom') {
    if (typeof send !== 'function')
      throw badOption(path, shapeOf(send), 'alertTo.custom(fn) with a function of an alert');
    return customChannel(name, send as Parameters<typeof customChannel>[1]);
  }
  const address = urlOf(url, path, kind);
  if (kind === 'slack') return slackChannel(name, address);
  if (secret !== undefined && !(typeof secret === 'string' && secret.length >= MIN_SECRET)) {
    throw badOption(`${path}.secret`, HIDDEN, `a text of at least ${MIN_SECRET} characters`);
  }
  return webhookChannel(name, address, secret, headersOf(headers, path));
}

function urlOf(given: unknown, path: string, kind: string): URL {
  const example = kind === 'slack' ? 'https://hooks.slack.com/services/…' : 'https://ops.example.com/alerts';
  const url = typeof given === 'string' ? parsed(given) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw badOption(`${path}.url`, given === undefined ? undefined : HIDDEN, `an address such as ${example}`);
}

function headersOf(given: unknown, path: string): Record<string, string> {
  if (given === undefined) return {};
  const isTable =
    typeof given === 'object' && given !== null && Object.values(given).every((value) => typeof value === 'string');
  if (!isTable) throw badOption(`${path}.headers`, HIDDEN, 'texts by the name of the header');
  return { ...given };
}

function nameOf({ kind, options }: GivenChannel, path: string, names: Set<string>): string {
  const given = textOption(`${path}.name`, options?.name);
  if (given !== undefined && !NAME.test(given)) {
    throw badOption(`${path}.name`, given, 'letters, digits, `.`, `_` and `-`, at most 40');
  }
  const name = given ?? freeName(kind, names);
  if (names.has(name)) throw badOption(`${path}.name`, name, 'a name that no other channel has');
  names.add(name);
  return name;
}

/** `slack`, `slack-2`, … */
function freeName(kind: string, names: ReadonlySet<string>): string {
  let name = kind;
  for (let n = 2; names.has(name); n += 1) name = `${kind}-${n}`;
  return name;
}

function isChannel(item: unknown): boolean {
  return KINDS.includes((item as Partial<AlertChannel> | null)?.kind as AlertChannel['kind']);
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
