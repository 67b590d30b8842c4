import { randomFillSync } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import type { Micros, SpanId, TraceKey } from '../../model/record.js';
import { keyPrefix, slotOf, SLOTS, type Writer } from '../../model/trace-key.js';
import { formatTraceId, type ZonedStamp } from '../../model/trace-id.js';
import { Ring } from './ring.js';

const POOL_BYTES = 4096;
/** Ticks that are remembered as given. A trace that opens late gets one of the past only within these. */
const RECENT = 1_000;

/** Fills the buffer with random bytes. */
export type RandomSource = (buffer: Buffer) => unknown;

/**
 * Makes the keys and ids of traces and spans. The microseconds of a trace id have the process's slot as their remainder
 * by 64, so two processes with neighbouring numbers in one directory cannot make the same id. Within a process no
 * instant is given out twice.
 */
export class IdGenerator {
  private count = 0;
  private prefix: string | undefined;
  private slot: number | undefined;
  private lastTick = 0;
  private readonly recent = new Set<number>();
  private readonly lastTicks = new Ring<number>(RECENT);
  /** The greatest tick that was given and is no longer in `recent`. */
  private forgotten = 0;
  private readonly pool = Buffer.allocUnsafe(POOL_BYTES);
  private poolAt = POOL_BYTES;

  /**
   * @param writer this process in the directory; called late, because the first call creates the first segment
   * @param random fills a buffer; the test kit passes one that does the same each time.
   */
  constructor(
    private readonly writer: () => Writer,
    private readonly clock: Clock,
    private readonly zone: ZonedStamp,
    private readonly random: RandomSource = randomFillSync,
  ) {}

  nextKey(): TraceKey {
    this.count += 1;
    return `${(this.prefix ??= keyPrefix(this.writer()))}-${this.count}`;
  }

  /** The instant of a new trace: now, rounded to this process's slot, never one that was given out before. */
  nextInstant(): Micros {
    return this.give(Math.max(Math.floor(this.clock.now() / SLOTS), this.lastTick + 1));
  }

  /** The instant `ms` milliseconds ago, or the next one that no trace has; now, where that is too long ago to be sure of. */
  instantBefore(ms: number): Micros {
    let tick = Math.floor((this.clock.now() - ms * 1000) / SLOTS);
    if (tick <= this.forgotten) return this.nextInstant();
    while (this.recent.has(tick)) tick += 1;
    return this.give(tick);
  }

  private give(tick: number): Micros {
    this.lastTick = Math.max(this.lastTick, tick);
    this.recent.add(tick);
    const oldest = this.lastTicks.add(tick);
    if (oldest !== undefined) {
      this.recent.delete(oldest);
      this.forgotten = Math.max(this.forgotten, oldest);
    }
    return tick * SLOTS + (this.slot ??= slotOf(this.writer()));
  }

  traceId(contact: string | undefined, at: Micros): string {
    return formatTraceId(contact, at, this.zone);
  }

  /** 16 hex digits. Drawn from a pool: one call into the random source for each 512 spans. */
  spanId(): SpanId {
    return this.hex(8);
  }

  /** 32 hex digits. */
  w3cTraceId(): string {
    return this.hex(16);
  }

  private hex(bytes: number): string {
    if (this.poolAt + bytes > POOL_BYTES) {
      this.random(this.pool);
      this.poolAt = 0;
    }
    const text = this.pool.toString('hex', this.poolAt, this.poolAt + bytes);
    this.poolAt += bytes;
    return text;
  }
}
