import { performance } from '../../model/timers.js';
import type { PendingErasure, ShipSource, ShipTarget } from '../ship-target.js';
import type { ErasedContacts } from './erased-contacts.js';

/** Pause before an erasure that failed is tried again. */
const RETRY_MS = 5_000;

/** Takes erasures of other instances from the shared store, and acknowledges them when this directory has done them. */
export class Erasing {
  /** Times of the next try by erasure; `Infinity`: it runs. */
  private readonly next = new Map<number, number>();

  constructor(
    private readonly target: Pick<ShipTarget, 'erasures' | 'acknowledge'>,
    private readonly contacts: ErasedContacts,
    private readonly erase: (erasure: PendingErasure) => Promise<void>,
  ) {}

  async look(source: ShipSource): Promise<void> {
    const pending = await this.target.erasures(source);
    // What is shipped from now on has nothing of them.
    for (const erasure of pending) this.contacts.add(erasure);
    const now = performance.now();
    const due = pending.filter(({ id }) => (this.next.get(id) ?? 0) <= now);
    // Not awaited: an erasure that reads gigabytes must not hide the next one.
    for (const erasure of due) void this.do(source, erasure);
  }

  /** Never rejects. */
  private async do(source: ShipSource, erasure: PendingErasure): Promise<void> {
    const { id } = erasure;
    this.next.set(id, Number.POSITIVE_INFINITY);
    try {
      await this.erase(erasure);
      await this.target.acknowledge(source, [id]);
      this.next.delete(id);
    } catch {
      this.next.set(id, performance.now() + RETRY_MS);
    }
  }
}
