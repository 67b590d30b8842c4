import { OtlpReceiver } from '../../../../test/support/otlp-receiver.js';
import type { OtelSpan } from '../otel/otel-span.js';
import { OtlpSender } from './otlp-sender.js';

const TIMEOUT_MS = 50;
const SPAN: OtelSpan = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'work',
  kind: 1,
  startedAt: 1_700_000_000_000_000,
  endedAt: 1_700_000_000_000_001,
  attributes: {},
  events: [],
  links: [],
  status: { code: 0 },
  scope: { name: 'spec' },
};

describe('the sender', () => {
  let receiver: OtlpReceiver;
  let sender: OtlpSender;

  beforeEach(async () => {
    receiver = await new OtlpReceiver().listen();
    sender = new OtlpSender({ url: `${receiver.url}/v1/traces`, headers: {}, compression: 'none' }, TIMEOUT_MS);
  });
  afterEach(async () => {
    sender.close();
    sender.end();
    await receiver.close();
  });

  it('waits longer after each try without an answer, so a slow receiver gets the spans a few times and not forever', async () => {
    const limits: (string | null)[] = [];
    receiver.answer = () => {
      limits.push(sender.lastError);
      return limits.length < 5 ? { status: 200, write: () => undefined } : undefined;
    };
    await sender.send([SPAN]);
    expect(limits).toEqual([null, ...[50, 100, 200, 400].map((ms) => `no answer within ${ms} ms`)]);
    expect(sender).toMatchObject({ connected: true, sentSpans: 1, rejectedSpans: 0, lastError: null });
  }, 30_000);

  it('tries again after a status that asks for it, whether or not the answer ends', async () => {
    const statuses = [503, 429];
    receiver.answer = () => {
      const status = statuses.shift();
      return status === undefined
        ? undefined
        : { status, write: (response) => void response.writeHead(status).write('x') };
    };
    await sender.send([SPAN]);
    expect(receiver.requests.map(({ status }) => status)).toEqual([503, 429, 200]);
    expect(sender).toMatchObject({ connected: true, sentSpans: 1, rejectedSpans: 0, lastError: null });
  });

  it('reads 64 KiB of an answer, and counts the spans as taken', async () => {
    receiver.answer = () => ({ status: 200, body: Buffer.alloc(64 * 1024 + 1) });
    await sender.send([SPAN]);
    expect(receiver.requests).toHaveLength(1);
    expect(sender).toMatchObject({ sentSpans: 1, lastError: 'its answer with status 200 has more than 65536 bytes' });
  });

  it('keeps one connection for all requests', async () => {
    const ports = new Set<number | undefined>();
    receiver.answer = () => ({
      status: 200,
      write: (response) => {
        ports.add(response.socket!.remotePort);
        response.end();
      },
    });
    for (let n = 0; n < 3; n += 1) await sender.send([SPAN]);
    expect(ports.size).toBe(1);
  });

  it('says again why spans were refused when an outage after it is over', async () => {
    const statuses = [400, 503];
    receiver.answer = () => {
      const status = statuses.shift();
      return status === undefined ? undefined : { status };
    };
    await sender.send([SPAN]);
    const refusal = sender.lastError;
    expect(refusal).toBe('it refused 1 spans with status 400');
    await sender.send([SPAN]);
    expect(sender).toMatchObject({ sentSpans: 1, rejectedSpans: 1, lastError: refusal });
  });
});
