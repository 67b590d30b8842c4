type Listener = (reason: unknown, promise: Promise<unknown>) => void;

const EVENT = 'unhandledRejection';

/** Marks the listeners of this package, in any copy of it: they do not count as the application's. */
const OURS = Symbol.for('nestjs-trace-collector.rejection-listener');

/**
 * Listens for unhandled rejections only where that changes nothing. For Node, a listener handles the rejection: alone, ours
 * would keep a process alive that is meant to exit. So it is registered while the application has a listener of its own
 * (added right before the first, removed with the last), and always where the command line sets a mode in which listeners
 * decide nothing. It is the first one, because the application's may end the process.
 *
 * @returns stops it
 */
export function listenToRejections(record: (reason: unknown) => void): () => void {
  const listener: Listener = (reason) => record(reason);
  Object.defineProperty(listener, OURS, { value: true });
  const added = (type: string | symbol, other: object): void => {
    if (type === EVENT && !isOurs(other)) adjust(listener, 1);
  };
  const removed = (type: string | symbol, other: object): void => {
    if (type === EVENT && !isOurs(other)) adjust(listener, 0);
  };
  process.on('newListener', added).on('removeListener', removed);
  adjust(listener, 0);
  return () => {
    process.off('newListener', added).off('removeListener', removed);
    process.off(EVENT, listener);
  };
}

/** @param coming listeners that the application is about to add */
function adjust(listener: Listener, coming: number): void {
  const present = process.listeners(EVENT);
  const others = present.filter((other) => !isOurs(other)).length + coming;
  // With it, the application's tenth would be warned of as a leak.
  const limit = process.getMaxListeners();
  const room = limit === 0 || others < limit;
  const wanted = room && (others > 0 || listenersDecideNothing());
  if (wanted === present.includes(listener)) return;
  if (wanted) process.prependListener(EVENT, listener);
  else process.off(EVENT, listener);
}

function isOurs(listener: object): boolean {
  return OURS in listener;
}

/**
 * Whether the process was started with a mode in which Node does the same with and without listeners. `NODE_OPTIONS` is
 * not read: its value now (from an `.env` file, for example) may differ from the one Node started with.
 */
function listenersDecideNothing(): boolean {
  const flags = process.execArgv;
  let mode: string | undefined;
  for (const [at, flag] of flags.entries()) {
    const [name, value = flags[at + 1]] = flag.replaceAll('_', '-').split('=');
    if (name === '--unhandled-rejections') mode = value;
  }
  return mode === 'none' || mode === 'warn';
}
