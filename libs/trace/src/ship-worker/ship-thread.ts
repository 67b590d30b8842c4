import { priceBook } from '../catalog/pricing/price-book.js';
import type { PendingErasure } from '../shared/ship-target.js';
import { Shipping } from '../shared/ship/shipping.js';
import { useDriver } from '../targets/drivers.js';
import { openShipTarget } from '../targets/ship-targets.js';
import type { FromShipping, ShipStart, ToShipping } from './protocol.js';

/** Shipping behind its messages: in a worker, or in this thread in a run on the source. */
export class ShipThread {
  private readonly shipping: Shipping;
  private readonly erasing = new Map<number, { resolve(): void; reject(error: Error): void }>();

  constructor(
    { target, driver, prices, ...start }: ShipStart,
    private readonly send: (message: FromShipping) => void,
  ) {
    useDriver(target, driver);
    this.shipping = new Shipping({
      ...start,
      target: openShipTarget(target),
      prices: priceBook(prices),
      onReport: (report) => send({ type: 'report', report }),
      erase: (erasure) => this.erase(erasure),
    });
  }

  take(message: ToShipping): void {
    switch (message.type) {
      case 'start':
        return;
      case 'recorded':
        return this.shipping.recorded(message.writer, message.at, message.dropped);
      case 'erased':
        return this.erased(message);
      case 'close':
        void this.close(message.withinMs);
    }
  }

  private async close(withinMs: number): Promise<void> {
    await this.shipping.close(withinMs);
    this.send({ type: 'closed' });
  }

  private erase(erasure: PendingErasure): Promise<void> {
    return new Promise((resolve, reject) => {
      this.erasing.set(erasure.id, { resolve, reject });
      this.send({ type: 'erase', erasure });
    });
  }

  private erased({ id, error }: Extract<ToShipping, { type: 'erased' }>): void {
    const waiting = this.erasing.get(id);
    this.erasing.delete(id);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(new Error(error));
  }
}
