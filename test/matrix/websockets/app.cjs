// Starts an application with one WebSocket platform, sends messages that end in each way, and prints the records, one
// JSON per line: `{ name, status, hints, errors, durationMs, clockMs, types }`. Usage: node app.cjs ws|socket.io
require('reflect-metadata');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { BadRequestException, Catch, Injectable, Module, UnauthorizedException } = require('@nestjs/common');
const { UseFilters, UseGuards } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { MessageBody, SubscribeMessage, WebSocketGateway } = require('@nestjs/websockets');
const { interval, map, of, take, tap } = require('rxjs');
const ours = require('nestjs-trace-collector');

const platform = process.argv[2];
const QUIET_MS = 40;

class ArrowGuard {
  canActivate = () => false;
}
class ThrowingGuard {
  async canActivate() {
    throw new UnauthorizedException('bad signature');
  }
}
class AgePipe {
  transform() {
    throw new BadRequestException(['age must be a number']);
  }
}
/** Sends the client an answer instead of the error. */
class FriendlyFilter {
  catch(_error, host) {
    const client = host.switchToWs().getClient();
    if (platform === 'ws') client.send(JSON.stringify({ event: 'sorry' }));
    else client.emit('sorry', {});
    return of();
  }
}
for (const one of [ArrowGuard, ThrowingGuard, AgePipe]) Injectable()(one);
Catch()(FriendlyFilter);

class GraphInterrupt extends Error {
  name = 'GraphInterrupt';
  get is_bubble_up() {
    return true;
  }
}
const step = ours.traced(async (ms) => delay(ms), { name: 'look_up', kind: 'tool' });
const ask = ours.traced(
  async () => {
    throw new GraphInterrupt('[]');
  },
  { name: 'ask_human' },
);
const broken = ours.traced(
  async () => {
    throw new Error('CRM is down');
  },
  { name: 'crm' },
);
let late = () => undefined;
let arrived = () => undefined;

/** The handler of each situation. */
const HANDLERS = {
  plain: () => 'ok',
  step: async () => void (await step(5)),
  reply: async () => {
    await step(5);
    ours.traceReply('hola');
  },
  throws: () => {
    throw new Error('calendar down');
  },
  caught: async () => void (await broken().catch(() => undefined)),
  guard_false: () => 'never',
  guard_throws: () => 'never',
  pipe: () => 'never',
  filter: () => {
    throw new Error('hidden');
  },
  observable: () =>
    interval(5).pipe(
      take(3),
      tap((n) => ours.traceEvent('counted', { n })),
      map((n) => ({ event: 'n', data: n })),
    ),
  observable_fails: () =>
    interval(5).pipe(
      map(() => {
        throw new Error('feed broke');
      }),
    ),
  background: () => void step(150),
  late: () => void (late = ours.bindTrace(() => ours.traceEvent('later'))),
  control_flow: async () => void (await ask().catch(() => undefined)),
  leaves_promise: async () => {
    arrived();
    await step(150);
    return { event: 'answer', data: 1 };
  },
  leaves_observable: () =>
    interval(5).pipe(
      tap(() => arrived()),
      map((n) => ({ event: 'n', data: n })),
    ),
};
const AROUND = {
  guard_false: [UseGuards(ArrowGuard)],
  guard_throws: [UseGuards(ThrowingGuard)],
  filter: [UseFilters(FriendlyFilter)],
};

class LeadsGateway {}
for (const [name, handler] of Object.entries(HANDLERS)) {
  const descriptor = { value: { [name]: () => handler() }[name], configurable: true, writable: true };
  Object.defineProperty(LeadsGateway.prototype, name, descriptor);
  MessageBody(...(name === 'pipe' ? [AgePipe] : []))(LeadsGateway.prototype, name, 0);
  for (const decorate of [SubscribeMessage(name), ours.TraceWebhook(), ...(AROUND[name] ?? [])])
    decorate(LeadsGateway.prototype, name, descriptor);
}
WebSocketGateway()(LeadsGateway);

/** A client of the platform: sends one message. */
async function connect(base) {
  if (platform === 'ws') {
    const client = new (require('ws'))(base.replace('http', 'ws'));
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    return { send: (event, data) => client.send(JSON.stringify({ event, data })), leave: () => client.terminate() };
  }
  const client = require('socket.io-client').io(base, { transports: ['websocket'], reconnection: false });
  await new Promise((resolve, reject) => client.once('connect', resolve).once('connect_error', reject));
  return { send: (event, data) => client.emit(event, data), leave: () => client.disconnect() };
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'trace-ws-'));
  class AppModule {}
  Module({
    imports: [
      ours.TraceModule.forRoot({ storage: { dir }, debug: { access: 'loopback' }, lifecycle: { quietMs: QUIET_MS } }),
    ],
    providers: [LeadsGateway],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false, forceCloseConnections: true });
  const adapter =
    platform === 'ws' ? require('@nestjs/platform-ws').WsAdapter : require('@nestjs/platform-socket.io').IoAdapter;
  app.useWebSocketAdapter(new adapter(app));
  await app.listen(0, '127.0.0.1');
  const base = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const debug = async (path) => (await fetch(`${base}/debug${path}`)).json();
  for (const name of Object.keys(HANDLERS)) {
    const client = await connect(base);
    const here = new Promise((resolve) => (arrived = resolve));
    client.send(name, { contactId: name, body: 'hola' });
    if (name.startsWith('leaves')) {
      await here;
      client.leave();
    }
    let trace = await ended(debug, name);
    if (name === 'late') {
      late();
      trace = await debug(`/trace/${trace.trace_id}`);
    }
    client.leave();
    const errors = trace.errors.map(({ location, message, guard }) => ({ location, message, guard }));
    const clockMs = Date.parse(trace.ended_at) - Date.parse(trace.started_at);
    const { status, debug_hints: hints, duration_ms: durationMs } = trace;
    const types = trace.events.map(({ type }) => type);
    console.log(JSON.stringify({ name, status, hints, errors, durationMs, clockMs, types }));
  }
  const { self_errors, active_traces, status } = await debug('/health');
  console.log(JSON.stringify({ name: 'health', status, self_errors, active_traces }));
  await app.close();
  rmSync(dir, { recursive: true, force: true });
}

async function ended(debug, contact) {
  for (let tries = 0; tries < 250; tries += 1) {
    const { traces } = await debug(`/traces?contact_id=${contact}`);
    if (traces.length > 0 && traces[0].status !== 'active') return debug(`/trace/${traces[0].trace_id}`);
    await delay(20);
  }
  throw new Error(`no trace of ${contact} has ended`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
