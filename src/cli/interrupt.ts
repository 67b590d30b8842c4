import { Exit } from './exit-codes.js';

/** How long tidying up may take before the program leaves anyway. */
const GRACE_MS = 1000;

/**
 * Ctrl-C and `kill` end the program with 130, after tidying up: work that was waiting is left as it is. A second one
 * does not wait for anything.
 */
export class Interrupt {
  private readonly controller = new AbortController();
  /** Temporary files, an unfinished output file: set by whoever has them. */
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
