import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  mixin,
  Post,
  Scope,
  type Type,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { of } from 'rxjs';
import { TraceWebhook } from 'nestjs-trace-collector';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';
import { MemoryTransport } from './support/situations/memory-transport.js';

/** The request that a guard checks: the contact names the situation. */
function contactOf(context: ExecutionContext): string {
  const data =
    context.getType() === 'http' ? context.switchToHttp().getRequest().body : context.switchToRpc().getData();
  return data?.contactId ?? '';
}

class ArrowGuard implements CanActivate {
  canActivate = () => false;
}

class AsyncArrowGuard implements CanActivate {
  canActivate = async () => {
    throw new UnauthorizedException('bad signature');
  };
}

class BoundGuard implements CanActivate {
  constructor() {
    this.canActivate = this.canActivate.bind(this);
  }
  canActivate() {
    return of(false);
  }
}

abstract class Refuses implements CanActivate {
  canActivate(_context: ExecutionContext): boolean {
    return false;
  }
}
class InheritingGuard extends Refuses {}

abstract class RefusesByProperty implements CanActivate {
  canActivate = (): boolean => false;
}
class InheritingPropertyGuard extends RefusesByProperty {}

function guardFor(reason: string): Type<CanActivate> {
  class MadeGuard implements CanActivate {
    canActivate = (): never => {
      throw new ForbiddenException(reason);
    };
  }
  return mixin(MadeGuard);
}

@Injectable({ scope: Scope.REQUEST })
class PerRequestGuard implements CanActivate {
  canActivate = () => Promise.resolve(false);
}

class FrozenGuard implements CanActivate {
  canActivate = () => false;
}

/** Makes a proxy of the instance that Nest creates, like libraries for context and mocks. */
class ProxiedGuard implements CanActivate {
  constructor() {
    return new Proxy(this, {
      get: (target, key, receiver) => {
        looks.push(key);
        return Reflect.get(target, key, receiver);
      },
      getOwnPropertyDescriptor: (target, key) => {
        looks.push(key);
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
    });
  }
  canActivate = () => false;
}
/** Calls on a proxied guard. */
const looks: PropertyKey[] = [];

/** Refuses requests of one contact; an object without a class. */
const madeByFactory = (contact: string): CanActivate => ({
  canActivate: (context) => !contactOf(context).startsWith(contact),
});

const MixedGuard = guardFor('not this tenant');

/** Route, guard and its expected hint. */
const KINDS: readonly (readonly [route: string, guard: Type<CanActivate> | CanActivate, said: string, name: string])[] =
  [
    ['arrow', ArrowGuard, 'Forbidden resource', 'ArrowGuard'],
    ['async-arrow', AsyncArrowGuard, 'bad signature', 'AsyncArrowGuard'],
    ['bound', BoundGuard, 'Forbidden resource', 'BoundGuard'],
    ['inherited', InheritingGuard, 'Forbidden resource', 'InheritingGuard'],
    ['inherited-property', InheritingPropertyGuard, 'Forbidden resource', 'InheritingPropertyGuard'],
    ['mixin', MixedGuard, 'not this tenant', MixedGuard.name],
    ['per-request', PerRequestGuard, 'Forbidden resource', 'PerRequestGuard'],
    ['frozen', Object.freeze(new FrozenGuard()), 'Forbidden resource', 'FrozenGuard'],
    ['proxied', ProxiedGuard, 'Forbidden resource', 'guard'],
    ['object', { canActivate: () => false }, 'Forbidden resource', 'guard'],
  ];
/** Guards of the whole application. */
const GLOBAL: readonly (readonly [contact: string, said: string, name: string])[] = [
  ['global-factory', 'Forbidden resource', 'guard'],
  ['global-factory-per-request', 'Forbidden resource', 'guard'],
];

@Controller('webhook')
class GuardedController {
  @Post('open')
  @MessagePattern('open')
  @TraceWebhook()
  open() {
    return 'let in';
  }
}

/** A separate method for each kind of guard. */
for (const [route, guard] of KINDS) {
  const method = { [route]: () => 'never' }[route]!;
  const descriptor = { value: method, configurable: true, writable: true, enumerable: false };
  Object.defineProperty(GuardedController.prototype, route, descriptor);
  for (const decorate of [Post(route), MessagePattern(route), TraceWebhook(), UseGuards(guard)] as MethodDecorator[])
    decorate(GuardedController.prototype, route, descriptor);
}

describe.each(ADAPTERS)('a guard on %s that refuses', (adapter) => {
  const transport = new MemoryTransport();
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({
      adapter,
      controllers: [GuardedController],
      providers: [
        { provide: 'contact', useValue: 'global-factory' },
        { provide: APP_GUARD, useFactory: madeByFactory, inject: ['contact'] },
        {
          provide: APP_GUARD,
          scope: Scope.REQUEST,
          useFactory: (contact: string) => madeByFactory(`${contact}-per-request`),
          inject: ['contact'],
        },
      ],
      configure: (nest) => void nest.connectMicroservice({ strategy: transport }, { inheritAppConfig: true }),
    });
    await app.app.startAllMicroservices();
    looks.length = 0;
  });
  afterAll(() => app.close());

  it.each(KINDS)('is named once on a request: %s', async (route, _guard, message, guard) => {
    const response = await app.post(`/webhook/${route}`, { contactId: `http-${route}` });
    expect([401, 403]).toContain(response.status);
    const trace = await app.ended(`http-${route}`);
    expect(trace.errors).toMatchObject([{ message, guard }]);
    expect(trace.debug_hints[0]).toContain(`🚫 Refused: HTTP ${response.status} by ${guard}: ${message}`);
  });

  // It has no adapter.
  if (adapter === 'express')
    it.each(KINDS)('is recorded on a message: %s', async (route, _guard, message, guard) => {
      await transport.request(route, { contactId: `rpc-${route}` }).catch(() => undefined);
      const trace = await app.ended(`rpc-${route}`);
      const said = message === 'Forbidden resource' ? `${guard} refused the message` : message;
      expect(trace).toMatchObject({ status: 'error', errors: [{ message: said, guard, location: `RPC ${route}` }] });
      expect((await app.debug(`/traces?contact_id=rpc-${route}`)).count).toBe(1);
    });

  it.each(GLOBAL)('is named where a factory creates it for all routes: %s', async (contact, message, guard) => {
    const response = await app.post('/webhook/open', { contactId: contact });
    expect(response.status).toBe(403);
    expect((await app.ended(contact)).errors).toMatchObject([{ message, guard }]);
  });

  it('is called no more often than Nest itself calls it', () => {
    expect(new Set(looks)).toEqual(new Set(['canActivate']));
  });

  it('records no internal failure', async () => {
    expect(await app.debug('/health')).toMatchObject({ status: 'ok', self_errors: 0 });
  });
});
