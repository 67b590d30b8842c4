import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OtlpHealth } from '../libs/trace/src/model/health.js';
import { OtlpReceiver } from './support/otlp-receiver.js';

const PARTIAL = Buffer.from([0x0a, 0x09, 0x08, 0x02, 0x12, 0x05, ...Buffer.from('quota')]);
const SPANS = 3;

/** An application of the built package. */
class Sending {
  readonly traces: string[] = [];
  private readonly healths: OtlpHealth[] = [];
  private wanted = 0;
  private waiting: (() => void)[] = [];

  private constructor(readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) this.healths.push(JSON.parse(line) as OtlpHealth);
      else if (line !== 'ready') this.traces.push(line);
      for (const resolve of this.waiting.splice(0)) resolve();
    });
  }

  static async start(dir: string, url: string): Promise<Sending> {
    const child = spawn(process.execPath, ['test/support/otlp-out.program.mjs', dir, url], {
      env: { ...process.env, NODE_OPTIONS: undefined },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const sending = new Sending(child);
    await new Promise<void>((resolve) => sending.waiting.push(resolve));
    return sending;
  }

  /** Resolves when the traces are recorded. */
  async record(count: number): Promise<void> {
    this.wanted += count;
    this.child.stdin!.write(`${count}\n`);
    while (this.traces.length < this.wanted) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Resolves with the first health that has these fields. */
  async health(wanted: Partial<OtlpHealth>): Promise<OtlpHealth> {
    for (;;) {
      this.child.stdin!.write('health\n');
      while (this.healths.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
      const health = this.healths.shift()!;
      if (Object.entries(wanted).every(([name, value]) => health[name as keyof OtlpHealth] === value)) return health;
    }
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.stdin!.write('close\n');
    await gone;
  }
}

describe('traces that are sent as OTLP', () => {
  let dir: string;
  let receiver: OtlpReceiver;
  let running: Sending[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'otlp-out-'));
    running = [];
    receiver = await new OtlpReceiver().listen();
  });

  afterEach(async () => {
    for (const each of running) await each.kill();
    await receiver.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async (): Promise<Sending> => {
    const sending = await Sending.start(dir, receiver.url);
    running.push(sending);
    return sending;
  };
  const recorded = (): string[] => running.flatMap(({ traces }) => traces);
  const allArrived = (): boolean => receiver.spans.length >= SPANS * recorded().length;
  const expectEachOnce = (): void => {
    expect(receiver.doubled).toEqual([]);
    expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set(recorded()));
    expect(receiver.spans).toHaveLength(SPANS * recorded().length);
  };

  it('arrive with their steps inside one another, and the process that recorded them', async () => {
    const app = await start();
    await app.record(1);
    await receiver.until(allArrived);
    const [root, outer, inner] = receiver.spans;
    expect(root).toMatchObject({ parentSpanId: '', name: 'manual', resource: { 'service.name': 'spec' } });
    expect(root!.attributes).toMatchObject({
      'user.id': 'contact-1',
      'session.id': 'contact-1',
      'input.value': 'hola',
    });
    expect(root!.resource['process.pid']).toBe(app.child.pid);
    expect(outer).toMatchObject({ parentSpanId: root!.spanId, name: 'Work.outer' });
    expect(inner).toMatchObject({ parentSpanId: outer!.spanId, name: 'Work.inner' });
    expect(receiver.requests[0]!.headers).toMatchObject({ 'content-type': 'application/x-protobuf' });
    expectEachOnce();
  }, 30_000);

  it('wait for a receiver that is away, and arrive once when it is back', async () => {
    const app = await start();
    await receiver.close();
    await app.record(50);
    await receiver.listen();
    await receiver.until(allArrived);
    expectEachOnce();
  }, 60_000);

  it('arrive once where the answer is late', async () => {
    receiver.answer = () => (receiver.requests.length === 0 ? { status: 200, afterMs: 3_000 } : undefined);
    const app = await start();
    await app.record(20);
    await receiver.until(allArrived);
    await app.record(1);
    await receiver.until(allArrived);
    expectEachOnce();
    await app.health({ connected: true, sent_spans: SPANS * recorded().length, lag_bytes: 0, last_error: null });
  }, 60_000);

  it('arrive once where the answer is taken back, trickles or never ends, and health says so', async () => {
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => {
        response.writeHead(200, { 'content-length': 50 }).write('cut');
        response.socket!.end();
      },
      (response) => {
        const timer = setInterval(() => response.write('.'), 100);
        response.on('close', () => clearInterval(timer));
      },
      (response) => response.writeHead(200).flushHeaders(),
    ];
    receiver.answer = () => {
      const write = answers.shift();
      return write && { status: 200, write };
    };
    const flaws = ['was cut off', 'did not end within 10000 ms', 'did not end within 10000 ms', undefined];
    const app = await start();
    for (const [n, flaw] of flaws.entries()) {
      await app.record(1);
      await app.health({
        connected: true,
        sent_traces: n + 1,
        last_error: flaw === undefined ? null : `its answer with status 200 ${flaw}`,
      });
    }
    await receiver.until(allArrived);
    expectEachOnce();
  }, 90_000);

  it('are sent again after 429 no earlier than it asks, and after 502, 503 and 504', async () => {
    const statuses = [429, 502, 503, 504];
    receiver.answer = () => {
      const status = statuses.shift();
      return status === undefined ? undefined : { status, headers: { 'retry-after': '1' } };
    };
    const app = await start();
    await app.record(5);
    await receiver.until(allArrived);
    expect(receiver.requests.slice(0, 5).map(({ status }) => status)).toEqual([429, 502, 503, 504, 200]);
    expect(receiver.requests[1]!.at - receiver.requests[0]!.at).toBeGreaterThanOrEqual(900);
    expectEachOnce();
  }, 60_000);

  it('are not sent again after 400, nor where the receiver refuses some, and later ones arrive', async () => {
    const answers = [{ status: 400 }, { status: 200, body: PARTIAL }];
    receiver.answer = () => answers.shift();
    const app = await start();
    await app.record(1);
    await receiver.until(() => receiver.requests.length === 1);
    await app.record(1);
    await receiver.until(() => receiver.requests.length === 2);
    await app.record(1);
    await receiver.until(() => receiver.requests.length === 3);
    expect(receiver.requests.map(({ status, spans }) => [status, spans])).toEqual([
      [400, SPANS],
      [200, SPANS],
      [200, SPANS],
    ]);
  }, 60_000);

  it('are sent in halves where a request is too large', async () => {
    receiver.answer = (spans) => (spans.length > 10 ? { status: 413 } : undefined);
    const app = await start();
    await app.record(40);
    await receiver.until(allArrived);
    expect(receiver.requests.some(({ status }) => status === 413)).toBe(true);
    expectEachOnce();
  }, 60_000);

  it('are sent by the next process where theirs was killed with a receiver away', async () => {
    const first = await start();
    await first.record(20);
    // The process saw the answers, and noted what was sent: what was not answered is sent again.
    await first.health({ sent_spans: 20 * SPANS });
    await receiver.close();
    await first.record(20);
    await first.kill();
    await receiver.listen();
    const next = await start();
    await next.record(1);
    await receiver.until(allArrived);
    expectEachOnce();
  }, 90_000);

  it('are sent once by three processes of one directory', async () => {
    const three = await Promise.all([start(), start(), start()]);
    await Promise.all(three.map((each) => each.record(30)));
    await receiver.until(allArrived);
    await Promise.all(three.map((each) => each.close()));
    expectEachOnce();
  }, 60_000);

  it('are sent at the end of the application', async () => {
    const app = await start();
    await app.record(10);
    await app.close();
    await receiver.until(allArrived);
    expectEachOnce();
  }, 60_000);
});
