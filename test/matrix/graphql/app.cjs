// Starts an application with one GraphQL driver, sends documents that fail in each way, and prints what was recorded, one
// JSON per line: `{ name, status, trace, errors }`. Usage: node app.cjs apollo|mercurius
require('reflect-metadata');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Injectable, ForbiddenException, UnauthorizedException, UseGuards, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const graphql = require('@nestjs/graphql');
const { TraceModule } = require('nestjs-trace-collector');

const driverName = process.argv[2];
const { Field, GraphQLModule, Mutation, ObjectType, Query, ResolveField, Resolver } = graphql;

/** Puts decorators on a method, in the order they would be written. */
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
Injectable()(TenantGuard);
Injectable()(TokenGuard);

class Lead {}
Field(() => String)(Lead.prototype, 'name');
Field(() => String, { nullable: true })(Lead.prototype, 'score');
ObjectType('Lead')(Lead);

/** What DataLoader does: the loads of one turn are one call, and its failure rejects all of them. */
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
}
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
      TraceModule.forRoot({
        storage: { dir },
        capture: { routes: '/graphql' },
        debug: { access: 'loopback' },
        lifecycle: { quietMs: 30 },
      }),
      GraphQLModule.forRoot({ driver, autoSchemaFile: true, ...(driverName === 'apollo' && { playground: false }) }),
    ],
    providers: [LeadResolver],
  })(AppModule);
  const app = await NestFactory.create(AppModule, adapter, { logger: false, forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  const base = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const requests = Object.entries(DOCUMENTS).map(([name, query]) => [name, { query }]);
  for (const [name, body] of requests) {
    const response = await fetch(`${base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.text();
    const trace = await ended(base, response.headers.get('x-trace-id'));
    const errors = (trace.errors ?? []).map(({ location, message, guard, type }) => ({
      location,
      message,
      guard,
      type,
    }));
    console.log(JSON.stringify({ name, status: response.status, trace: trace.status, errors }));
  }
  await app.close();
  rmSync(dir, { recursive: true, force: true });
}

async function ended(base, id) {
  for (;;) {
    const trace = await (await fetch(`${base}/debug/trace/${id}`)).json();
    if (trace.status !== 'active') return trace;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
