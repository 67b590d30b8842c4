import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { from, lastValueFrom, type Observable, tap } from 'rxjs';
import { type HandlerListener, ownership, watchHandlers } from './handlers-layer.js';

class Leads {
  take(): string {
    return 'taken';
  }
}

const order: string[] = [];
beforeEach(() => void order.splice(0));

function noting(name: string): NestInterceptor {
  return {
    intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> => {
      order.push(name);
      return next.handle().pipe(tap(() => order.push(`${name} again`)));
    },
  };
}

/** Surrounds the handlers of `Leads`. */
const listener: HandlerListener = {
  around: (_type, _args, owner) =>
    owner === Leads
      ? {
          outermost: noting('ours'),
          innermost: noting('innermost'),
          alone: (next) => (order.push('alone'), next()),
        }
      : undefined,
};

/** Calls a handler as Nest's router does. */
async function call(instance: object, interceptors: NestInterceptor[]): Promise<unknown> {
  const handler = Leads.prototype.take;
  const consumer = new InterceptorsConsumer();
  const result: unknown = await consumer.intercept(
    interceptors,
    [{}],
    instance as never,
    handler,
    async () => handler(),
    'http',
  );
  return typeof result === 'string' ? result : lastValueFrom(from(result as Observable<unknown>));
}

describe('the layer of handlers', () => {
  it('puts ours outside and inside of the application’s interceptors', async () => {
    const stop = watchHandlers(listener, [Leads]);
    expect(await call(new Leads(), [noting('theirs')])).toBe('taken');
    stop();
    expect(order).toEqual(['ours', 'theirs', 'innermost', 'innermost again', 'theirs again', 'ours again']);
  });

  it('calls a handler without interceptors by itself', async () => {
    const stop = watchHandlers(listener, [Leads]);
    expect(await call(new Leads(), [])).toBe('taken');
    stop();
    expect(order).toEqual(['alone']);
  });

  it('leaves other handlers as they are, and all after it is stopped', async () => {
    const stop = watchHandlers(listener, [Leads]);
    expect(await call(new (class Other {})(), [])).toBe('taken');
    stop();
    expect(await call(new Leads(), [noting('theirs')])).toBe('taken');
    expect(order).toEqual(['theirs', 'theirs again']);
  });

  it('is replaced once', () => {
    watchHandlers(listener, [Leads])();
    const { intercept } = InterceptorsConsumer.prototype;
    watchHandlers(listener, [Leads])();
    expect(InterceptorsConsumer.prototype.intercept).toBe(intercept);
  });

  it('distinguishes the classes of applications', () => {
    class Shared {}
    const other = { ...listener };
    const stops = [watchHandlers(listener, [Leads, Shared]), watchHandlers(other, [Shared])];
    expect([
      ownership(Leads, listener),
      ownership(Leads, other),
      ownership(Shared, other),
      ownership(Date, other),
    ]).toEqual(['only', 'other', 'shared', 'unknown']);
    for (const stop of stops) stop();
    expect(ownership(Leads, listener)).toBe('unknown');
  });
});
