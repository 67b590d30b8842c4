import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { UseGuards } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { lastValueFrom, type Observable, of, throwError } from 'rxjs';
import { TraceWebhook } from '../context/trace-webhook.decorator.js';
import { guardsOfHandlers, watchGuards } from './message-guards.js';

const context = (type = 'rpc', args: unknown[] = [{}]) =>
  ({ getType: () => type, getArgs: () => args }) as unknown as ExecutionContext;

/** A class of its own per test: watching it stays. */
function guardThat(answer: (context: ExecutionContext) => unknown) {
  return class Guard implements CanActivate {
    canActivate(asked: ExecutionContext): never {
      return answer(asked) as never;
    }
  };
}

function watched(guard: unknown): [string, unknown][] {
  const told: [string, unknown][] = [];
  watchGuards([guard], (_context, name, error) => told.push([name, error]));
  return told;
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
    expect([...guardsOfHandlers([Leads])]).toEqual([onClass, onHandler]);
  });
});

describe('a watched guard', () => {
  it('answers what it answered, a promise the same one', async () => {
    const promise = Promise.resolve(false);
    const Guard = guardThat(() => promise);
    const told = watched(Guard);
    expect(new Guard().canActivate(context())).toBe(promise);
    await promise;
    expect(told).toEqual([['Guard', undefined]]);
  });

  it('throws what it threw', async () => {
    const error = new Error('no');
    const thrown = guardThat(() => {
      throw error;
    });
    const rejected = guardThat(() => Promise.reject(error));
    const failed = guardThat(() => throwError(() => error));
    const told = [thrown, rejected, failed].map(watched);
    expect(() => new thrown().canActivate(context())).toThrow(error);
    await expect(new rejected().canActivate(context())).rejects.toBe(error);
    await expect(lastValueFrom(new failed().canActivate(context()))).rejects.toBe(error);
    expect(told).toEqual([[['Guard', error]], [['Guard', error]], [['Guard', error]]]);
  });

  it('goes by the last value of an Observable', async () => {
    const Guard = guardThat(() => of(false, true));
    const told = watched(Guard);
    expect(await lastValueFrom(new Guard().canActivate(context()) as Observable<boolean>)).toBe(true);
    expect(told).toEqual([]);
  });

  it('leaves requests, odd contexts and thenables to Nest', () => {
    let asked = 0;
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested is that it is not asked
    const thenable = { then: () => (asked += 1) };
    const told = [guardThat(() => false), guardThat(() => thenable)].map((Guard) => {
      const answers = watched(Guard);
      new Guard().canActivate(context('http'));
      new Guard().canActivate(undefined as never);
      if (answers.length > 0) throw new Error('told of a request');
      new Guard().canActivate(context());
      return answers;
    });
    expect(told).toEqual([[['Guard', undefined]], []]);
    expect(asked).toBe(0);
  });

  it('decides about the answers of the guards that it asks itself', () => {
    const No = guardThat(() => false);
    const Either = guardThat((asked) => new No().canActivate(asked) || true);
    const told: string[] = [];
    watchGuards([No, Either], (_context, name) => told.push(name));
    expect(new Either().canActivate(context())).toBe(true);
    expect(told).toEqual([]);
    new No().canActivate(context());
    expect(told).toEqual(['Guard']);
  });

  it('may inherit its decision, and may be an object', () => {
    const Parent = guardThat(() => false);
    class Child extends Parent {}
    const object = { canActivate: (_context: ExecutionContext) => false };
    const told: string[] = [];
    watchGuards([Parent, Child, object], (_context, name) => told.push(name));
    new Child().canActivate(context());
    object.canActivate(context());
    expect(told).toEqual(['Child', 'Object']);
  });

  it('tells the application that watched it last, and keeps its name and length', () => {
    const Guard = guardThat(() => false);
    const [first, second] = [watched(Guard), watched(Guard)];
    const { name, length } = Guard.prototype.canActivate;
    new Guard().canActivate(context());
    expect([first.length, second.length, name, length]).toEqual([0, 1, 'canActivate', 1]);
  });

  it('is left as it is where it cannot be replaced', () => {
    const frozen = Object.freeze({ canActivate: () => false });
    expect(watched(frozen)).toEqual([]);
    expect(watched(class {})).toEqual([]);
    expect(watched(undefined)).toEqual([]);
  });
});
