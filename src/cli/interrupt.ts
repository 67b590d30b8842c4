import { Exit } from './cli-error.js';

/** Time for `tidyUp` before the program exits anyway, in milliseconds. */
const GRACE_MS = 1000;

/**
 * Ctrl-C and `kill` end the program with 130 after `tidyUp`; pending work is abandoned. A second signal ends it at once.
 */
export class Interrupt {
  private readonly controller = new AbortController();
  /** Closes the output file and the source. The running command sets it. */
  tidyUp: (() => Promise<void>) | undefined;

  constructor() {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => this.leave());
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  private leave(): void {
    if (this.signal.aborted) exit();
    this.controller.abort();
    setTimeout(exit, GRACE_MS).unref();
    void (this.tidyUp?.() ?? Promise.resolve()).then(exit, exit);
  }
}

function exit(): never {
  process.exit(Exit.interrupted);
}
