import { TraceCollectorError } from '../model/errors.js';
import type { TraceAdmin } from '../store/port.js';
import { isOutage } from './reach.js';
import type { SharedParts } from './shared-parts.js';

/**
 * Pins and deletes in the shared store and in this directory. All of it is refused while the shared store is out of reach: what
 * is deleted here only would come back from there.
 */
export class SharedAdmin implements TraceAdmin {
  constructor(
    private readonly parts: SharedParts,
    private readonly remote: TraceAdmin,
    private readonly local: TraceAdmin | undefined,
  ) {}

  /** Pins are in the shared store only: in a directory, a pin would hold files back whose traces are safe there. */
  pin(traceId: string, pinned: boolean): Promise<boolean> {
    return this.shared(pinned ? 'pinned' : 'unpinned', () => this.remote.pin(traceId, pinned));
  }

  async clear(options: { keepErrors: boolean }): Promise<{ removed: number }> {
    const answer = await this.shared('deleted', () => this.remote.clear(options));
    await this.here('The shared store deleted the traces', () => this.local?.clear(options));
    return answer;
  }

  async erase(...args: Parameters<TraceAdmin['erase']>): ReturnType<TraceAdmin['erase']> {
    const answer = await this.shared('erased', () => this.remote.erase(...args));
    await this.here('The shared store erased the contact', () => this.local?.erase(...args));
    return answer;
  }

  private async shared<T>(done: string, work: () => Promise<T>): Promise<T> {
    const { reach, writes } = this.parts;
    try {
      // What waits in the directory would otherwise arrive after it was deleted.
      if (reach.current.connected) await writes.flush();
      return await reach.ask(work, ADMIN_MS);
    } catch (error) {
      if (!isOutage(error)) throw error;
      throw new TraceCollectorError(
        error.code,
        `Nothing was ${done}, because the shared store is out of reach: ${error.message} Try again when GET /debug/health says that it is connected.`,
        { cause: error },
      );
    }
  }

  private async here(done: string, work: () => Promise<unknown> | undefined): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw new TraceCollectorError(
        'CATALOG_UNAVAILABLE',
        `${done}, but this directory still has copies: ${(error as Error).message} Try again.`,
        { cause: error },
      );
    }
  }
}

/** Deleting reads and writes many rows. */
const ADMIN_MS = 10 * 60_000;
