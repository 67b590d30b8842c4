// Starts an application with one GraphQL driver, sends documents that fail in each way, and prints the records, one
// JSON per line: `{ name, status, trace, errors, hints, durationMs, clockMs }`. Usage: node app.cjs apollo|mercurius
require('reflect-metadata');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const common = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const graphql = require('@nestjs/graphql');
const ours = require('nestjs-trace-collector');

const driverName = process.argv[2];
const { Catch, ForbiddenException, Injectable, Module, ParseIntPipe } = common;
const { UnauthorizedException, UseFilters, UseGuards } = common;
const { Args, Field, GraphQLModule, Mutation, ObjectType, Query, ResolveField, Resolver, Subscription } = graphql;

/** Applies decorators to a method, in the order of their source. */
function on(owner, key, types, result, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(owner.prototype, key);
  Reflect.defineMetadata('design:paramtypes', types, owner.prototype, key);
  Reflect.defineMetadata('design:returntype', result, owner.prototype, key);
  for (const decorate of decorators.reverse()) decorate(owner.prototype, key, descriptor);
}

class TenantGuard {
  canActivate() {
    return false;
  }
}
class TokenGuard {
  async canActivate() {
    throw new UnauthorizedException('no token');
  }
}
class ArrowGuard {
  canActivate = () => false;
}
for (const guard of [TenantGuard, TokenGuard, ArrowGuard]) Injectable()(guard);

/** Returns the value instead of the error. */
class FriendlyFilter {
  catch() {
    return 'sorry';
  }
}
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
let late = () => undefined;
let arrived = () => undefined;
let stopped = () => undefined;

class Lead {}
Field(() => String)(Lead.prototype, 'name');
Field(() => String, { nullable: true })(Lead.prototype, 'score');
ObjectType('Lead')(Lead);

/** Like DataLoader: the loads of one turn are one call, and its failure rejects all of them. */
let batch;
function load() {
  batch ??= Promise.resolve().then(() => {
    batch = undefined;
    throw new Error('scores are down');
  });
  return batch;
}

class LeadResolver {
  leads() {
    return [{ name: 'a' }, { name: 'b' }];
  }
  score() {
    return load();
  }
  book() {
    throw new Error('calendar down');
  }
  tenant() {
    return 'x';
  }
  token() {
    return 'x';
  }
  forbidden() {
    throw new ForbiddenException('not this lead');
  }
  arrow() {
    return 'x';
  }
  async step() {
    await step(5);
    return 'x';
  }
  age(_age) {
    return 'x';
  }
  filtered() {
    throw new Error('hidden');
  }
  background() {
    void step(150);
    return 'x';
  }
  late() {
    late = ours.bindTrace(() => ours.traceEvent('later'));
    return 'x';
  }
  async paused() {
    await ask().catch(() => undefined);
    return 'x';
  }
  async slow() {
    arrived();
    await step(150);
    return 'x';
  }
  async *scores() {
    try {
      for (;;) {
        yield { scores: 'x' };
        await delay(5);
      }
    } finally {
      stopped();
    }
  }
}
for (const [name, ...around] of [
  ['arrow', UseGuards(ArrowGuard)],
  ['step'],
  ['filtered', UseFilters(FriendlyFilter)],
  ['background'],
  ['late'],
  ['paused'],
  ['slow'],
])
  on(
    LeadResolver,
    name,
    [],
    String,
    Mutation(() => String),
    ...around,
  );
Args('age', { type: () => String }, ParseIntPipe)(LeadResolver.prototype, 'age', 0);
on(
  LeadResolver,
  'age',
  [String],
  String,
  Mutation(() => String),
);
on(
  LeadResolver,
  'scores',
  [],
  Object,
  Subscription(() => String),
);
on(
  LeadResolver,
  'leads',
  [],
  Array,
  Query(() => [Lead]),
);
on(
  LeadResolver,
  'score',
  [],
  String,
  ResolveField(() => String, { nullable: true }),
);
on(
  LeadResolver,
  'book',
  [],
  String,
  Mutation(() => String),
);
on(
  LeadResolver,
  'tenant',
  [],
  String,
  Mutation(() => String),
  UseGuards(TenantGuard),
);
on(
  LeadResolver,
  'token',
  [],
  String,
  Mutation(() => String),
  UseGuards(TokenGuard),
);
on(
  LeadResolver,
  'forbidden',
  [],
  String,
  Mutation(() => String, { nullable: true }),
);
Resolver(() => Lead)(LeadResolver);

const DOCUMENTS = {
  good: '{ leads { name } }',
  throws: 'mutation { book }',
  'guard answers false': 'mutation { tenant }',
  'guard rejects': 'mutation { token }',
  'nullable field throws': 'mutation { lead: forbidden }',
  'field loader fails': '{ leads { name score } }',
  'unknown field': '{ leads { phone } }',
  'no document': '{ leads { ',
  'arrow guard answers false': 'mutation { arrow }',
  'a step inside': 'mutation { step }',
  'a pipe refuses': 'mutation { age(age: "old") }',
  'a filter answers': 'mutation { filtered }',
  'work in the background': 'mutation { background }',
  'late work': 'mutation { late }',
  'control flow': 'mutation { paused }',
  'the client leaves': 'mutation { slow }',
};

const OF_DRIVER = {
  apollo: { playground: false, subscriptions: { 'graphql-ws': true } },
  mercurius: { subscription: true },
};

async function adapterAndDriver() {
  if (driverName === 'mercurius') {
    const { FastifyAdapter } = require('@nestjs/platform-fastify');
    return { adapter: new FastifyAdapter(), driver: require('@nestjs/mercurius').MercuriusDriver };
  }
  const { ExpressAdapter } = require('@nestjs/platform-express');
  return { adapter: new ExpressAdapter(), driver: require('@nestjs/apollo').ApolloDriver };
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'trace-graphql-'));
  const { adapter, driver } = await adapterAndDriver();
  class AppModule {}
  Module({
    imports: [
      ours.TraceModule.forRoot({
        storage: { dir },
        capture: { routes: '/graphql', contactId: ({ headers }) => headers['x-contact'] },
        debug: { access: 'loopback' },
        lifecycle: { quietMs: 30 },
      }),
      GraphQLModule.forRoot({ driver, autoSchemaFile: true, ...OF_DRIVER[driverName] }),
    ],
    providers: [LeadResolver],
  })(AppModule);
  const app = await NestFactory.create(AppModule, adapter, { logger: false, forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  const base = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const debug = async (path) => (await fetch(`${base}/debug${path}`)).json();
  for (const [name, query] of Object.entries(DOCUMENTS)) {
    const contact = name.replaceAll(' ', '-');
    const here = new Promise((resolve) => (arrived = resolve));
    const leaves = new AbortController();
    const answer = fetch(`${base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-contact': contact },
      body: JSON.stringify({ query }),
      signal: leaves.signal,
    }).then(async (response) => (await response.text()) && response.status);
    if (name === 'the client leaves') void here.then(() => leaves.abort());
    const status = await answer.catch(() => undefined);
    let trace = await ended(debug, contact);
    if (name === 'late work') {
      late();
      trace = await debug(`/trace/${trace.trace_id}`);
    }
    const errors = trace.errors.map(({ location, message, guard, type }) => ({ location, message, guard, type }));
    const clockMs = Date.parse(trace.ended_at) - Date.parse(trace.started_at);
    const { status: said, debug_hints: hints, duration_ms: durationMs } = trace;
    console.log(JSON.stringify({ name, status, trace: said, errors, hints, durationMs, clockMs }));
  }
  await leaveSubscription(base);
  const { self_errors, active_traces, total_traces } = await debug('/health');
  console.log(JSON.stringify({ name: 'a subscription is left', self_errors, active_traces, total_traces }));
  await app.close();
  rmSync(dir, { recursive: true, force: true });
}

async function ended(debug, contact) {
  for (let tries = 0; tries < 500; tries += 1) {
    const { traces } = await debug(`/traces?contact_id=${contact}`);
    if (traces.length > 0 && traces[0].status !== 'active') return debug(`/trace/${traces[0].trace_id}`);
    await delay(20);
  }
  throw new Error(`no trace of ${contact} has ended`);
}

/** Subscribes over a WebSocket, takes one value and breaks the connection. */
async function leaveSubscription(base) {
  const client = new (require('ws'))(`${base.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const left = new Promise((resolve) => (stopped = resolve));
  const send = (message) => client.send(JSON.stringify(message));
  await new Promise((resolve, reject) => {
    client.once('error', reject);
    client.once('open', () => send({ type: 'connection_init' }));
    client.on('message', (data) => {
      const { type } = JSON.parse(String(data));
      if (type === 'connection_ack')
        send({ id: '1', type: 'subscribe', payload: { query: 'subscription { scores }' } });
      else if (type === 'next') resolve();
      else if (type === 'error') reject(new Error(String(data)));
    });
  });
  client.terminate();
  await left;
  await delay(100);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
