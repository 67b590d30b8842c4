import type { ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Get, UseInterceptors } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { NoTrace } from '../../context/decorators/no-trace.decorator.js';
import { TraceWebhook } from '../../context/decorators/trace-webhook.decorator.js';
import { MessageSlot } from './enhancer-slots.js';
import { arrivedMessage, attachToHandlers, messageOptions } from './message-handlers.js';

const INTERCEPTORS = '__interceptors__';

class Ours implements NestInterceptor {
  intercept() {
    return undefined as never;
  }
}

class Theirs extends Ours {}

class Leads {
  @MessagePattern({ cmd: 'score' }) @TraceWebhook({ type: 'crm' }) traced() {}
  @TraceWebhook() @EventPattern('created') event(_data: unknown) {}
  @MessagePattern('plain') plain() {}
  @MessagePattern('never') @TraceWebhook() @NoTrace() never() {}
  @Get('http') @TraceWebhook() http() {}
}

@TraceWebhook({ type: 'all' })
class Whole {
  @MessagePattern('a') a() {}
  @TraceWebhook({ type: 'own' }) @MessagePattern('b') b() {}
  @NoTrace() @MessagePattern('c') c() {}
}

@NoTrace()
class Silent {
  @MessagePattern('a') a() {}
  @TraceWebhook({ type: 'own' }) @MessagePattern('b') b() {}
}

class Inherits extends Leads {}

const interceptorsOn = (handler: object): unknown[] => Reflect.getMetadata(INTERCEPTORS, handler) ?? [];

describe('which messages are traced', () => {
  it.each([
    ['a handler with the decorator', Leads, 'traced', { type: 'crm' }],
    ['a handler without it', Leads, 'plain', undefined],
    ['a handler with both decorators', Leads, 'never', undefined],
    ['a handler of a class with the decorator', Whole, 'a', { type: 'all' }],
    ['a handler with the decorator in such a class', Whole, 'b', { type: 'own' }],
    ['a handler that opts out in such a class', Whole, 'c', undefined],
    ['a handler of a class that opts out', Silent, 'a', undefined],
    ['a handler with the decorator in a class that opts out', Silent, 'b', { type: 'own' }],
  ])('%s', (_title, owner, name, options) => {
    expect(messageOptions((owner.prototype as any)[name], owner)).toEqual(options);
  });
});

describe('an interceptor on the handlers', () => {
  const moduleWith = (...classes: any[]) => {
    const bound = new Map<unknown, any>();
    return { classes, bound, bind: (slot: unknown, instance: unknown) => void bound.set(slot, instance) };
  };

  it('gets a slot on traced messages only, inherited ones included', () => {
    attachToHandlers([moduleWith(Inherits)], new Ours());
    const { traced, event, plain, never, http } = Leads.prototype;
    expect([traced, event].map(interceptorsOn)).toEqual([[MessageSlot], [MessageSlot]]);
    expect([plain, never, http].map(interceptorsOn)).toEqual([[], [], []]);
  });

  it('gets one slot before others, which each application fills in its own module', () => {
    class Again {
      @MessagePattern('x') @TraceWebhook() @UseInterceptors(Theirs) x() {}
    }
    const called: string[] = [];
    const modules = ['first', 'second'].map((name) => {
      const module = moduleWith(Again, Again);
      attachToHandlers([module], { intercept: () => called.push(name) as never });
      return module;
    });
    expect(interceptorsOn(Again.prototype.x)).toEqual([MessageSlot, Theirs]);
    for (const { bound } of modules) bound.get(MessageSlot).intercept();
    expect(called).toEqual(['first', 'second']);
    // Nest calls hooks on the values of a module, once for each module: there are none.
    expect(modules.flatMap(({ bound }) => Object.keys(bound.get(MessageSlot)))).toEqual(['intercept', 'intercept']);
  });

  it('finds no handlers on a value that is no class', () => {
    expect(() => attachToHandlers([moduleWith(() => 1, Leads)], new Ours())).not.toThrow();
  });
});

describe('the message of a context', () => {
  const rpc = (handler: object, transport: unknown): ExecutionContext =>
    ({
      getType: () => 'rpc',
      getClass: () => Leads,
      getHandler: () => handler,
      switchToRpc: () => ({ getData: () => ({ contactId: 'c-1' }), getContext: () => transport }),
    }) as never;

  it.each([
    ['TCP', { getPattern: () => '{"cmd":"score"}' }, '{"cmd":"score"}'],
    ['NATS', { getSubject: () => 'leads.42.created' }, 'leads.42.created'],
    ['Kafka', { getTopic: () => 'leads' }, 'leads'],
    ['Redis', { getChannel: () => 'leads' }, 'leads'],
    ['gRPC, which has no subject', {}, '{"cmd":"score"}'],
    ['a transport without a context', undefined, '{"cmd":"score"}'],
  ])('reads its subject from %s', (_name, transport, pattern) => {
    expect(arrivedMessage(rpc(Leads.prototype.traced, transport))).toEqual({
      transport: 'RPC',
      pattern,
      data: { contactId: 'c-1' },
      headers: {},
      handler: 'Leads.traced',
      options: { type: 'crm' },
    });
  });

  it('does nothing where no handler is traced', () => {
    expect(arrivedMessage(rpc(Leads.prototype.plain, {}))).toBeUndefined();
  });
});
