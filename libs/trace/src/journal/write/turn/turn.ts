import { nextTick, setImmediate } from '../../../model/timers.js';
import { openGates, type Gate } from './gates.js';
import { TurnBuffer } from './turn-buffer.js';

/**
 * When the records of a turn are written: at the end of the turn, before anything leaves the process (the gates), and at
 * the end of the process.
 */
export class Turn {
  readonly buffer: TurnBuffer;
  /** The process ends: each record is written at once, because there is no further turn. */
  isUrgent = false;
  private isArmed = false;
  private closeGates: (() => void) | undefined;

  /**
   * @param flush writes what is gathered; must not throw
   * @param code of the watchdog's thread. Default: the built one
   */
  constructor(
    private readonly flush: () => unknown,
    code?: string,
  ) {
    this.buffer = new TurnBuffer(code);
  }

  /** Nothing waits for a write, and the memory starts at its beginning. */
  get isEmpty(): boolean {
    return this.buffer.isEmpty;
  }

  /** A record was added. Returns whether it is the first one of a turn. */
  begin(): boolean {
    if (this.isArmed) return false;
    this.isArmed = true;
    this.closeGates ??= openGates(this.gate);
    nextTick(this.endOfTurn);
    return true;
  }

  /** No record comes any more. */
  close(): void {
    this.closeGates?.();
    this.closeGates = undefined;
    this.buffer.watchdog.stop();
  }

  private readonly endOfTurn = (): void => {
    this.isArmed = false;
    this.flush();
  };

  private readonly gate: Gate = {
    leave: () => void this.flush(),
    dying: (isCertain) => {
      this.isUrgent = true;
      this.flush();
      // An exception that the application handles: the process lives on.
      if (!isCertain) setImmediate(() => (this.isUrgent = false));
    },
  };
}
