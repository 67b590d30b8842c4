import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OtlpReceiver } from '../../../../test/support/otlp-receiver.js';
import { JournalWriter } from '../journal/write/writer.js';
import type { JsonText, RecordDraft } from '../model/record.js';
import { keyPrefix } from '../model/trace-key.js';
import { OtlpClient } from './otlp-client.js';
import { resolveOtlp, type OtlpOptions } from './otlp.options.js';

const TS = 1_700_000_000_000_000;
const SPAN = 'aaaaaaaaaaaaaaa1';
const LATE = 'aaaaaaaaaaaaaaa2';
const w3c = (n: number): string =>
  `${String(n).padStart(2, '0')}${'0'.repeat(16)}${n % 2 ? 'f' : '0'}${'0'.repeat(13)}`;

describe('the consumer that sends traces', () => {
  let dir: string;
  let receiver: OtlpReceiver;
  let writer: JournalWriter;
  let clients: OtlpClient[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'otlp-consumer-'));
    receiver = await new OtlpReceiver().listen();
    writer = new JournalWriter({ dir });
    clients = [];
  });

  afterEach(async () => {
    for (const client of clients) await client.close(100);
    writer.close();
    await receiver.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const open = (more: OtlpOptions = {}): OtlpClient => {
    const { send, resource } = resolveOtlp({ url: receiver.url, ...more }, {}, undefined);
    const client = new OtlpClient({ dir, writer, send: send!, resource });
    clients.push(client);
    return client;
  };
  const keyOf = (n: number): string => `${keyPrefix(writer.writer)}-${n}`;
  const write = (n: number, ...drafts: object[]): void => {
    for (const draft of drafts) writer.append({ ts: TS, trace: keyOf(n), ...draft } as RecordDraft);
  };
  const begin = (n: number): void =>
    write(n, { kind: 'open', id: `t${n}`, traceparent: `00-${w3c(n)}-bbbbbbbbbbbbbb${String(n).padStart(2, '0')}-01` });
  const whole = (n: number, status = 'completed'): void => {
    begin(n);
    write(n, { kind: 'span', span: SPAN, type: 'step', name: 'one' }, { kind: 'span_end', span: SPAN, ms: 5 });
    write(n, { kind: 'end', status });
  };
  const names = (): string[] => receiver.spans.map(({ name }) => name);

  it('sends again only what late records change', async () => {
    open();
    whole(1);
    await receiver.until(() => receiver.spans.length === 2);
    write(1, { kind: 'span', span: LATE, type: 'step', name: 'late', late: true });
    write(1, { kind: 'span_end', span: LATE, ms: 1, late: true, output: '"x"' as JsonText });
    await receiver.until(() => names().includes('late'));
    // The trace counts its late records, so the webhook's span changed; the first step did not.
    expect(names().slice(2).toSorted()).toEqual(['late', 'trace']);
  });

  it('sends the whole trace where another run had read its begin', async () => {
    const first = open();
    begin(1);
    whole(2);
    await receiver.until(() => receiver.spans.length === 2);
    await first.close(1_000);
    open();
    write(1, { kind: 'span', span: SPAN, type: 'step', name: 'one' }, { kind: 'end', status: 'completed' });
    await receiver.until(() => receiver.spans.length === 4);
    expect(receiver.spans.slice(2).map(({ traceId }) => traceId)).toEqual([w3c(1), w3c(1)]);
    expect(receiver.doubled).toEqual([]);
  });

  it('sends the chosen share, every failed trace, and one whose late record is an error', async () => {
    open({ sample: 0.5 });
    for (let n = 1; n <= 10; n += 1) whole(n, n === 4 ? 'timeout' : 'completed');
    await receiver.until(() => receiver.spans.length === 12);
    const sent = (): string[] => [...new Set(receiver.spans.map(({ traceId }) => traceId))].toSorted();
    expect(sent()).toEqual([1, 3, 4, 5, 7, 9].map(w3c));
    write(6, { kind: 'error', location: 'l', type: 'E', message: 'm', fingerprint: 'f', late: true });
    await receiver.until(() => receiver.spans.length === 14);
    expect(sent()).toContain(w3c(6));
  });

  it('shows in health what arrived, what was refused, and why', async () => {
    receiver.answer = () => (receiver.requests.length === 0 ? { status: 400 } : undefined);
    const client = open({ headers: { authorization: 'Bearer x' }, compression: 'gzip' });
    whole(1);
    await receiver.until(() => receiver.requests.length === 1);
    whole(2);
    await receiver.until(() => receiver.requests.length === 2);
    expect(receiver.requests[1]!.headers).toMatchObject({ authorization: 'Bearer x', 'content-encoding': 'gzip' });
    await client.close(1_000);
    expect(client.health()).toMatchObject({
      connected: true,
      sent_spans: 2,
      rejected_spans: 2,
      last_error: 'it refused 2 spans with status 400',
    });
    expect(client.problems().join()).toMatch(/refused 2 spans for good: it refused 2 spans with status 400/);
  });
});
