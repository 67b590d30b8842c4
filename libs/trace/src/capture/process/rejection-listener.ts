type Listener = (reason: unknown, promise: Promise<unknown>) => void;

const EVENT = 'unhandledRejection';

/** On listeners of this package's, whichever copy of it: they count for nobody's. */
const OURS = Symbol.for('nestjs-trace-collector.rejection-listener');

/**
 * Listens for unhandled rejections only where that changes nothing. Node takes a listener for somebody who handles them:
 * alone, ours would keep a process alive that is meant to die. So it is there while the application has a listener of its
 * own, comes right before the first and goes with the last; and always where the command line says that listeners decide
 * nothing. It stands first, since the application's may end the process.
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
 * Whether the process was started with a mode in which Node does the same with and without listeners. `NODE_OPTIONS` may
 * say so too, but is not asked: what stands in it now (from an `.env` file, say) need not be what Node started with.
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
