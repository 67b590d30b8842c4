import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nextTurn } from '../../model/timers.js';
import type { Alert } from '../alert.js';
import { resolveAlerts } from '../alerts.options.js';
import { type AlertChannel, alertTo } from './alert-to.js';
import { ChannelQueue, type QueueClock } from './channel-queue.js';
import { SIGNATURE_HEADER, verifyAlertSignature } from './signature.js';

const SECRET = 'a-secret-of-the-tests';
const ALERT: Alert = {
  id: 'id-1',
  rule: 'newError',
  subject: 'f1',
  at: '2024-01-20T14:30:22.000000Z',
  title: 'New error: <!channel> & co in reply',
  text: 'Text',
  facts: { traces: 3 },
  instance: 'a1',
  link: 'https://app.example.com/debug/#/errors?f=f1',
  captured: { message: '<@U123> \u001b[31mred\u202e <https://evil.example|click>', trace_ids: [] },
};

/** What the fake server answers next; `hang`: nothing. Then 200. */
let answers: (number | [status: number, headers: Record<string, string>] | 'hang')[] = [];
const requests: { headers: IncomingMessage['headers']; body: string }[] = [];
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const answer = answers.shift() ?? 200;
    if (answer === 'hang') return;
    const [status, headers] = typeof answer === 'number' ? [answer, {}] : answer;
    response.writeHead(status, headers).end('the answer');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s3cret`;
});
afterEach(() => {
  answers = [];
  requests.splice(0);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Waits are noted and are over at once. */
function open(channel: AlertChannel): { queue: ChannelQueue; waits: number[] } {
  const waits: number[] = [];
  const clock: QueueClock = { nowMs: () => 5, wait: async (ms) => void waits.push(ms) };
  const [resolved] = resolveAlerts({ channels: [channel] })!.channels;
  return { queue: new ChannelQueue(resolved!, clock, (work) => work()), waits };
}

async function idle(queue: ChannelQueue): Promise<void> {
  while (queue.state.waiting > 0) await nextTurn();
}

describe('Slack', () => {
  it('gets plain text in blocks, a button with the link, and no mention that was captured', async () => {
    const { queue } = open(alertTo.slack(base));
    queue.add(ALERT);
    await idle(queue);
    const [{ body, headers }] = requests as [(typeof requests)[0]];
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    const { text, blocks } = JSON.parse(body);
    expect(text).toBe('New error: &lt;!channel&gt; &amp; co in reply');
    expect(blocks.map(({ type }: { type: string }) => type)).toEqual([
      'header',
      'section',
      'section',
      'section',
      'actions',
      'context',
    ]);
    expect(blocks[4].elements[0].url).toBe(ALERT.link);
    // No text has markup: only `plain_text` has none.
    expect(body.match(/"type":"mrkdwn"/g)).toBeNull();
    expect(blocks[2].text).toEqual({
      type: 'plain_text',
      emoji: false,
      text: '<@U123> ␛[31mred<U+202E> <https://evil.example|click>',
    });
  });
});

describe('a webhook', () => {
  it('gets the alert as JSON, signed with the time of each try', async () => {
    answers = [500];
    const { queue } = open(alertTo.webhook(base, { secret: SECRET, headers: { authorization: 'Bearer s3cret' } }));
    queue.add(ALERT);
    await idle(queue);
    expect(requests).toHaveLength(2);
    for (const { headers, body } of requests) {
      expect(JSON.parse(body)).toEqual(ALERT);
      expect(headers).toMatchObject({ 'x-trace-alert-id': 'id-1', authorization: 'Bearer s3cret' });
      const signature = headers[SIGNATURE_HEADER] as string;
      expect(verifyAlertSignature(SECRET, signature, body)).toBe(true);
      expect(verifyAlertSignature(SECRET, signature, `${body} `)).toBe(false);
      expect(verifyAlertSignature(`${SECRET}!`, signature, body)).toBe(false);
      expect(verifyAlertSignature(SECRET, signature, body, Date.now() + 301_000)).toBe(false);
      expect(verifyAlertSignature(SECRET, undefined, body)).toBe(false);
    }
  });
});

describe('a channel', () => {
  it('is tried three times with growing waits, and the failure has no address', async () => {
    answers = [500, 503, 502, 500];
    const { queue, waits } = open(alertTo.webhook(base));
    queue.add(ALERT);
    await idle(queue);
    expect(requests).toHaveLength(3);
    expect(waits[0]).toBeGreaterThanOrEqual(750);
    expect(waits[1]).toBeGreaterThanOrEqual(3_750);
    expect(queue.state).toMatchObject({ sent: 0, failed: 1, failing: 'the server answered 502', sentAt: null });
    answers = [];
    queue.add(ALERT);
    await idle(queue);
    expect(queue.state).toMatchObject({ sent: 1, failed: 1, failing: null, sentAt: 5 });
  });

  it('is tried once where the request itself is refused, and waits as long as a 429 asks', async () => {
    answers = [404, [429, { 'retry-after': '7' }]];
    const { queue, waits } = open(alertTo.slack(base));
    queue.add(ALERT);
    await idle(queue);
    expect([requests.length, queue.state.failed]).toEqual([1, 1]);
    queue.add(ALERT);
    await idle(queue);
    expect([requests.length, queue.state.sent]).toEqual([3, 1]);
    expect(waits).toEqual([7_000]);
  });

  it('keeps 100 alerts that wait, and counts the rest', async () => {
    answers = ['hang'];
    const { queue } = open(alertTo.webhook(base));
    for (let n = 0; n < 130; n += 1) queue.add(ALERT);
    expect(queue.state).toMatchObject({ waiting: 100, dropped: 30 });
    const started = performance.now();
    await queue.close(20);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(queue.state).toMatchObject({ waiting: 0, dropped: 130 });
    queue.add(ALERT);
    expect(queue.state.dropped).toBe(131);
  });

  it('that is closed sends what waits, with one try each', async () => {
    answers = [200, 500, 200];
    const { queue, waits } = open(alertTo.webhook(base));
    for (let n = 0; n < 3; n += 1) queue.add(ALERT);
    await queue.close(5_000);
    expect(queue.state).toMatchObject({ sent: 2, failed: 1, dropped: 0 });
    expect(waits).toEqual([]);
  });

  it.each([
    [new Error('cannot reach https://hooks.example.com/s3cret now'), 'cannot reach (address not shown) now'],
    [undefined, 'undefined'],
    [{ toString: () => 5 / 0 }, 'Infinity'],
    [Object.create(null), 'unknown error'],
  ])('that is a function may throw anything, and addresses are not shown', async (thrown, shown) => {
    const { queue } = open(
      alertTo.custom(() => {
        throw thrown;
      }),
    );
    queue.add(ALERT);
    await idle(queue);
    expect(queue.state).toMatchObject({ failed: 1, failing: shown });
  });

  it('is tested with one try', async () => {
    answers = [500];
    const { queue } = open(alertTo.webhook(base));
    expect(await queue.test(ALERT)).toBe('the server answered 500');
    expect(await queue.test(ALERT)).toBeNull();
    expect(queue.state).toMatchObject({ sent: 0, failed: 0, failing: null });
  });
});
