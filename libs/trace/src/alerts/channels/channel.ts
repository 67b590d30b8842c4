import type { AlertChannelState } from '../../model/alert-state.js';
import { clearTimeout, setTimeout, wallNow } from '../../model/timers.js';
import type { Alert } from '../alert.js';
import { post } from './post.js';
import { signature, SIGNATURE_HEADER } from './signature.js';
import { slackMessage } from './slack-message.js';

/** Milliseconds that one try may take. */
export const TIMEOUT_MS = 5_000;

/** A checked channel. */
export interface Channel extends Readonly<Pick<AlertChannelState, 'name' | 'kind' | 'target'>> {
  /** Sends the alert once. Rejects when it was not taken. */
  send(alert: Alert): Promise<void>;
}

export function slackChannel(name: string, url: URL): Channel {
  return { name, kind: 'slack', target: url.host, send: (alert) => post(url, slackMessage(alert), {}, TIMEOUT_MS) };
}

export function webhookChannel(
  name: string,
  url: URL,
  secret: string | undefined,
  headers: Readonly<Record<string, string>>,
): Channel {
  const send = (alert: Alert): Promise<void> => {
    const body = JSON.stringify(alert);
    // Signed for each try: a signature is valid for some minutes only.
    const signed: Record<string, string> =
      secret === undefined ? {} : { [SIGNATURE_HEADER]: signature(secret, body, wallNow()) };
    return post(url, body, { ...headers, ...signed, 'x-trace-alert-id': alert.id }, TIMEOUT_MS);
  };
  return { name, kind: 'webhook', target: url.host, send };
}

export function customChannel(name: string, call: (alert: Alert) => unknown): Channel {
  return { name, kind: 'custom', target: null, send: (alert) => within(async () => call(alert)) };
}

/** A function that takes longer is left alone. */
async function within(work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the function did not return within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    timer.unref();
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
