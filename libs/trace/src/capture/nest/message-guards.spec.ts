import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { UseGuards } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { lastValueFrom, type Observable, of, throwError } from 'rxjs';
import { TraceWebhook } from '../../context/decorators/trace-webhook.decorator.js';
import type { SlotModule } from './enhancer-slots.js';
import { watchGlobalGuards, watchHandlerGuards } from './message-guards.js';

const context = (type = 'rpc', args: unknown[] = [{}]) =>
  ({ getType: () => type, getArgs: () => args }) as unknown as ExecutionContext;

/** A separate class per test, because a watch on a class stays. */
function guardThat(answer: (context: ExecutionContext) => unknown) {
  return class Guard implements CanActivate {
    canActivate(asked: ExecutionContext): never {
      return answer(asked) as never;
    }
  };
}

function watched(guard: unknown): [string, unknown][] {
  const decisions: [string, unknown][] = [];
  watchGlobalGuards([guard], (_context, name, error) => decisions.push([name, error]));
  return decisions;
}

describe('guards of traced message handlers', () => {
  it('are those of the handler and of its class, and of no other handler', () => {
    const [onClass, onHandler, elsewhere] = [
      guardThat(() => true),
      new (guardThat(() => true))(),
      guardThat(() => true),
    ];
    @UseGuards(onClass)
    class Leads {
      @MessagePattern('a') @TraceWebhook() @UseGuards(onHandler) traced() {}
      @MessagePattern('b') @UseGuards(elsewhere) plain() {}
    }
    const before = [onClass.prototype, onHandler, elsewhere.prototype].map((guard) => guard.canActivate);
    watchHandlerGuards([moduleWith(Leads)], () => undefined);
    const after = [onClass.prototype, onHandler, elsewhere.prototype].map((guard) => guard.canActivate);
    expect(after.map((canActivate, at) => canActivate !== before[at])).toEqual([true, true, false]);
  });

  it('report to the application that handles the message, of several with the same classes', () => {
    const Guard = guardThat(() => false);
    @UseGuards(Guard)
    class Leads {
      @MessagePattern('a') @TraceWebhook() traced() {}
    }
    const decisions: string[] = [];
    const modules = ['a', 'b'].map((name) => {
      const module = moduleWith(Leads);
      watchHandlerGuards([module], () => decisions.push(name));
      return module;
    });
    const [Slot, ...others] = Reflect.getMetadata('__guards__', Leads) as any[];
    expect(others).toEqual([Guard]);
    const handle = (slot: { canActivate(context: ExecutionContext): boolean }) => {
      const message = context();
      expect(slot.canActivate(message)).toBe(true);
      new Guard().canActivate(message);
    };
    for (const { bound } of [...modules, modules[0]!]) handle(bound.get(Slot));
    // An application without the module: Nest makes an instance of the slot itself, and nothing is recorded.
    handle(new Slot());
    expect(decisions).toEqual(['a', 'b', 'a']);
  });
});

/** A module that keeps what was bound. */
function moduleWith(...classes: any[]): SlotModule & { bound: Map<unknown, any> } {
  const bound = new Map<unknown, any>();
  return { classes, bound, bind: (slot, instance) => void bound.set(slot, instance) };
}

describe('a watched guard', () => {
  it("returns the guard's own result, and the same promise", async () => {
    const promise = Promise.resolve(false);
    const Guard = guardThat(() => promise);
    const decisions = watched(Guard);
    expect(new Guard().canActivate(context())).toBe(promise);
    await promise;
    expect(decisions).toEqual([['Guard', undefined]]);
  });

  it("throws the guard's own error", async () => {
    const error = new Error('no');
    const thrown = guardThat(() => {
      throw error;
    });
    const rejected = guardThat(() => Promise.reject(error));
    const failed = guardThat(() => throwError(() => error));
    const decisions = [thrown, rejected, failed].map(watched);
    expect(() => new thrown().canActivate(context())).toThrow(error);
    await expect(new rejected().canActivate(context())).rejects.toBe(error);
    await expect(lastValueFrom(new failed().canActivate(context()))).rejects.toBe(error);
    expect(decisions).toEqual([[['Guard', error]], [['Guard', error]], [['Guard', error]]]);
  });

  it('uses the last value of an Observable', async () => {
    const Guard = guardThat(() => of(false, true));
    const decisions = watched(Guard);
    expect(await lastValueFrom(new Guard().canActivate(context()) as Observable<boolean>)).toBe(true);
    expect(decisions).toEqual([]);
  });

  it('leaves requests, unusual contexts and thenables to Nest', () => {
    let asked = 0;
    // oxlint-disable-next-line unicorn/no-thenable -- the test asserts that `then` is not called
    const thenable = { then: () => (asked += 1) };
    const decisions = [guardThat(() => false), guardThat(() => thenable)].map((Guard) => {
      const answers = watched(Guard);
      new Guard().canActivate(context('http'));
      new Guard().canActivate(undefined as never);
      if (answers.length > 0) throw new Error('called for a request');
      new Guard().canActivate(context());
      return answers;
    });
    expect(decisions).toEqual([[['Guard', undefined]], []]);
    expect(asked).toBe(0);
  });

  it('reports its own decision when it calls other guards itself', () => {
    const No = guardThat(() => false);
    const Either = guardThat((asked) => new No().canActivate(asked) || true);
    const decisions: string[] = [];
    watchGlobalGuards([No, Either], (_context, name) => decisions.push(name));
    expect(new Either().canActivate(context())).toBe(true);
    expect(decisions).toEqual([]);
    new No().canActivate(context());
    expect(decisions).toEqual(['Guard']);
  });

  it('may inherit its decision, and may be an object', () => {
    const Parent = guardThat(() => false);
    class Child extends Parent {}
    const object = { canActivate: (_context: ExecutionContext) => false };
    const decisions: string[] = [];
    watchGlobalGuards([Parent, Child, object], (_context, name) => decisions.push(name));
    new Child().canActivate(context());
    object.canActivate(context());
    expect(decisions).toEqual(['Child', 'guard']);
  });

  it('reports to neither of two applications that share a guard, until one of them closes', () => {
    const Guard = guardThat(() => false);
    const decisions: string[] = [];
    const [, stop] = ['a', 'b'].map((name) => watchGlobalGuards([Guard], () => decisions.push(name)));
    const { name, length } = Guard.prototype.canActivate;
    new Guard().canActivate(context());
    expect([decisions, name, length]).toEqual([[], 'canActivate', 1]);
    stop!();
    new Guard().canActivate(context());
    expect(decisions).toEqual(['a']);
  });

  it('reports to the application of the instance', () => {
    const Guard = guardThat(() => false);
    const decisions: string[] = [];
    const [a, b] = [new Guard(), new Guard()];
    watchGlobalGuards([a], () => decisions.push('a'));
    watchGlobalGuards([b], () => decisions.push('b'));
    [b, a, b].forEach((guard) => guard.canActivate(context()));
    expect(decisions).toEqual(['b', 'a', 'b']);
  });

  it('stays unchanged where it cannot be replaced', () => {
    const frozen = Object.freeze({ canActivate: () => false });
    expect(watched(frozen)).toEqual([]);
    expect(watched(class {})).toEqual([]);
    expect(watched(undefined)).toEqual([]);
  });
});
