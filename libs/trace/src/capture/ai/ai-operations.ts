import { processShared } from '../../model/process-shared.js';

/** Copies of the package share one registration with the AI SDK, so they share this too. */
const turn = processShared<{ begins: boolean }>('ai-operations.v1', () => ({ begins: false }));

/**
 * An operation of the AI SDK was reported to us and is recorded. Its other integrations are called before the next microtask, and spans
 * that they make for the operation are of one that we have.
 */
export function aiOperationBegan(): void {
  turn.begins = true;
  void Promise.resolve().then(over);
}

/** Whether an operation of the AI SDK that we record begins in the running code. */
export function aiOperationBegins(): boolean {
  return turn.begins;
}

function over(): void {
  turn.begins = false;
}
