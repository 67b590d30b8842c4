import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { bindTrace, TraceService, traceReply } from 'nestjs-trace-collector';
import { type AdapterName, type RunningApp, startApp } from '../nest-app.js';
import type { SseClient } from '../sse-client.js';
import { SituationsController } from './http.controller.js';
import { MemoryTransport } from './memory-transport.js';
import { MessagesController } from './messages.controller.js';
import { RefusingController } from './refusing.controller.js';
import { type AppName, MAX_MS, QUIET_MS, REPLY_WITHIN_MS, type Situation, type Stage } from './situation.js';

const LIFECYCLE = {
  plain: { quietMs: QUIET_MS },
  deadlines: { quietMs: 50, maxMs: MAX_MS, expectReply: { withinMs: REPLY_WITHIN_MS } },
  patient: { quietMs: 60_000 },
} as const;

/** Longest wait for the end of one situation. */
const PATIENCE_MS = 10_000;

export interface Played {
  readonly trace: any;
  /** Why there is no trace. */
  readonly problem?: Error;
  /** Milliseconds from the first byte sent until the stream sent the end; the quiet time is in it. */
  readonly seenAfterMs: number | undefined;
}

export interface Play {
  readonly played: ReadonlyMap<Situation, Played>;
  /** Answers of the application `plain` once all has ended. */
  readonly answers: { all: any; failed: any; some: any; stats: any; lastError: any };
  readonly exports: ReadonlyMap<Situation, any>;
}

/** Plays all situations, at the same time, in one application for each setting of `lifecycle`. */
export async function play(adapter: AdapterName, situations: readonly Situation[]): Promise<Play> {
  const names = ['plain', 'deadlines', 'patient'] as const;
  const parts = await Promise.all(
    names.map((name) =>
      playIn(
        adapter,
        name,
        situations.filter((situation) => situation.app === name),
      ),
    ),
  );
  return {
    played: new Map(parts.flatMap(({ played }) => [...played])),
    answers: parts[0]!.answers!,
    exports: parts[0]!.exports,
  };
}

async function playIn(adapter: AdapterName, name: AppName, situations: readonly Situation[]) {
  const dir = mkdtempSync(join(tmpdir(), 'trace-situations-'));
  const transport = new MemoryTransport();
  const controllers = [SituationsController, RefusingController, MessagesController];
  const app = await startApp({
    adapter,
    dir,
    controllers,
    options: { lifecycle: LIFECYCLE[name] },
    configure: (nest) => {
      nest.use('/webhook/blocked', blocked);
      nest.use('/webhook/bot', bot);
      nest.connectMicroservice({ strategy: transport }, { inheritAppConfig: true });
    },
  });
  await app.app.startAllMicroservices();
  const service = app.app.get(TraceService);
  const stageOf = (situation: Situation): Stage => {
    const id = `s-${adapter}-${name}-${situations.indexOf(situation)}`;
    return {
      app,
      id,
      transport,
      send: (route, more = {}) => app.post(`/webhook/${route}?s=${id}`, { contactId: id, body: 'hola', ...more }),
      runInTrace: (start, fn) => service.runInTrace(start, fn),
    };
  };
  const ends = new Ends(app, await app.stream());
  const played = new Map<Situation, Played>();
  const cutOff = (situation: Situation) => name === 'patient' && situation.name.startsWith('shut down');
  await Promise.all(
    situations.map(async (situation) => {
      const stage = stageOf(situation);
      const sentAt = performance.now();
      await situation.act(stage);
      if (cutOff(situation)) return;
      const end = await ends.of(stage.id).catch((error: Error) => error);
      if (end instanceof Error) return void played.set(situation, { trace: undefined, problem: end, seenAfterMs: 0 });
      situation.late?.(stage);
      played.set(situation, { trace: await app.debug(`/trace/${end.traceId}`), seenAfterMs: end.at - sentAt });
    }),
  );
  const exports = new Map<Situation, any>();
  let answers: Play['answers'] | undefined;
  if (name === 'plain') {
    for (const [situation, { trace }] of played)
      if (trace) exports.set(situation, await app.debug(`/trace/${trace.trace_id}/export`));
    answers = {
      all: await app.debug('/traces?limit=500'),
      failed: await app.debug('/traces?limit=500&status=failed'),
      some: await app.debug('/traces?limit=500&status=cancelled,completed'),
      stats: await app.debug('/stats'),
      lastError: await app.debug('/last-error'),
    };
  }
  await ends.close();
  await app.close();
  if (name === 'patient') await readAfterwards(dir, situations.filter(cutOff), stageOf, played);
  rmSync(dir, { recursive: true, force: true });
  return { played, answers, exports };
}

/** The next process reads what was shut down. */
async function readAfterwards(
  dir: string,
  situations: readonly Situation[],
  stageOf: (situation: Situation) => Stage,
  played: Map<Situation, Played>,
): Promise<void> {
  const reader = await startApp({ dir });
  const byKey = new Map<string, any>();
  for (const { trace_id } of (await reader.debug('/traces?limit=500')).traces) {
    const trace = await reader.debug(`/trace/${trace_id}`);
    byKey.set(keyOf(trace), trace);
  }
  for (const situation of situations) {
    played.set(situation, { trace: byKey.get(stageOf(situation).id), seenAfterMs: undefined });
  }
  await reader.close();
}

/** The ends that the stream sends, by situation. */
class Ends {
  private readonly known = new Map<string, { traceId: string; at: number }>();
  private readonly waiting = new Map<string, () => void>();
  private readonly done: Promise<void>;

  constructor(
    private readonly app: RunningApp,
    private readonly stream: SseClient,
  ) {
    this.done = this.follow();
  }

  /** Rejects where the trace has not ended in time. */
  async of(key: string): Promise<{ traceId: string; at: number }> {
    if (!this.known.has(key)) {
      const timer = AbortSignal.timeout(PATIENCE_MS);
      await new Promise<void>((resolve, reject) => {
        timer.addEventListener('abort', () => reject(new Error(`the trace of ${key} has not ended`)));
        this.waiting.set(key, resolve);
      });
    }
    return this.known.get(key)!;
  }

  async close(): Promise<void> {
    this.stream.close();
    await this.done;
  }

  private async follow(): Promise<void> {
    const seen = new Set<string>();
    for (;;) {
      const message = await this.stream
        .until(({ type, data }) => type === 'trace.ended' && !seen.has(data.trace_id), 60_000)
        .catch(() => undefined);
      if (!message) return;
      const at = performance.now();
      const traceId = message.data.trace_id;
      seen.add(traceId);
      const key = keyOf(await this.app.debug(`/trace/${traceId}`));
      this.known.set(key, { traceId, at });
      this.waiting.get(key)?.();
    }
  }
}

function keyOf(trace: any): string {
  return /[?&]s=([\w-]+)/.exec(trace.webhook.path ?? '')?.[1] ?? trace.contact_id;
}

function blocked(_request: IncomingMessage, response: ServerResponse): void {
  response.statusCode = 403;
  response.end('blocked');
}

/** Like bot libraries: answers at once, and continues to work. */
function bot(_request: IncomingMessage, response: ServerResponse): void {
  response.end('ok');
  const work = bindTrace(() => traceReply('from the bot'));
  void delay(60).then(work);
}
