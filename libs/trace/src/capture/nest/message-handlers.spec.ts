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
    ['a handler that asks for it', Leads, 'traced', { type: 'crm' }],
    ['one that does not', Leads, 'plain', undefined],
    ['one that asks and is never to be', Leads, 'never', undefined],
    ['one of a class that asks', Whole, 'a', { type: 'all' }],
    ['one that asks for itself in such a class', Whole, 'b', { type: 'own' }],
    ['one that is never to be in such a class', Whole, 'c', undefined],
    ['one of a class that is never to be', Silent, 'a', undefined],
    ['one that asks for itself in such a class', Silent, 'b', { type: 'own' }],
  ])('%s', (_title, owner, name, options) => {
    expect(messageOptions((owner.prototype as any)[name], owner)).toEqual(options);
  });
});

describe('an interceptor on the handlers', () => {
  const moduleWith = (...classes: any[]) => {
    const bound = new Map<unknown, any>();
    return { classes, bound, bind: (slot: unknown, instance: unknown) => void bound.set(slot, instance) };
  };

  it('has a slot on traced messages only, inherited ones too', () => {
    attachToHandlers([moduleWith(Inherits)], new Ours());
    const { traced, event, plain, never, http } = Leads.prototype;
    expect([traced, event].map(interceptorsOn)).toEqual([[MessageSlot], [MessageSlot]]);
    expect([plain, never, http].map(interceptorsOn)).toEqual([[], [], []]);
  });

  it('has one slot before others, which each application fills in its own module', () => {
    class Again {
      @MessagePattern('x') @TraceWebhook() @UseInterceptors(Theirs) x() {}
    }
    const told: string[] = [];
    const modules = ['first', 'second'].map((name) => {
      const module = moduleWith(Again, Again);
      attachToHandlers([module], { intercept: () => told.push(name) as never });
      return module;
    });
    expect(interceptorsOn(Again.prototype.x)).toEqual([MessageSlot, Theirs]);
    for (const { bound } of modules) bound.get(MessageSlot).intercept();
    expect(told).toEqual(['first', 'second']);
    // Nest calls hooks of what is in a module, once for each module: there are none.
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
    ['gRPC, which says nothing', {}, '{"cmd":"score"}'],
    ['a transport without a context', undefined, '{"cmd":"score"}'],
  ])('has its subject from %s', (_name, transport, pattern) => {
    expect(arrivedMessage(rpc(Leads.prototype.traced, transport))).toEqual({
      transport: 'RPC',
      pattern,
      data: { contactId: 'c-1' },
      handler: 'Leads.traced',
      options: { type: 'crm' },
    });
  });

  it('does nothing where no handler is traced', () => {
    expect(arrivedMessage(rpc(Leads.prototype.plain, {}))).toBeUndefined();
  });
});
