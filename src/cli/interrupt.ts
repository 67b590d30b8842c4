import { Exit, type ExitCode } from './cli-error.js';

/** Time for `tidyUp` before the program exits anyway, in milliseconds. */
const GRACE_MS = 1000;

/**
 * Ctrl-C and `kill` end the program with 130 after `tidyUp`; pending work is abandoned. A second signal ends it at once.
 */
export class Interrupt {
  private readonly controller = new AbortController();
  private graceMs = GRACE_MS;
  private exitCode: ExitCode = Exit.interrupted;
  private paused = false;
  /** Closes the output file and the source. The running command sets it. */
  tidyUp: (() => Promise<void>) | undefined;

  constructor() {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (name !== 'SIGINT' || !this.paused) this.leave();
      });
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** A signal is the usual end of the running command: it exits with 0, and has this time to finish, in milliseconds. */
  endsInOrder(graceMs: number): void {
    this.graceMs = graceMs;
    this.exitCode = Exit.ok;
  }

  /** While a pager has the terminal, Ctrl-C belongs to it: the program ends when the pager does. */
  async duringPager(work: Promise<void>): Promise<void> {
    this.paused = true;
    try {
      await work;
    } finally {
      this.paused = false;
    }
  }

  private leave(): void {
    if (this.signal.aborted) process.exit(Exit.interrupted);
    this.controller.abort();
    const exit = (): never => process.exit(this.exitCode);
    setTimeout(() => process.exit(Exit.interrupted), this.graceMs).unref();
    void (this.tidyUp?.() ?? Promise.resolve()).then(exit, exit);
  }
}
