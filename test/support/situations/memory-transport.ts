import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

/** A transport of Nest without a broker: a message is a call. */
export class MemoryTransport extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }

  close(): void {
    this.messageHandlers.clear();
  }

  on(): void {
    // It has no events.
  }

  unwrap<T>(): T {
    throw new Error('There is nothing inside.');
  }

  /** Sends a message and returns the last value of the answer. Rejects with the answer of the handler's filter. */
  async request(pattern: string, data: unknown): Promise<unknown> {
    const handler = this.getHandlerByPattern(pattern);
    if (!handler) throw new Error(`no handler of ${pattern}`);
    return lastValueFrom(this.transformToObservable(await handler(data, {})), { defaultValue: undefined });
  }
}
