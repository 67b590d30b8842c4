import { OutgoingMessage, type ServerResponse } from 'node:http';

/**
 * Keys of what watches a response, and of the set of methods that are watched on a prototype. They are the same in all copies
 * of the package, also in those that a test runner loads again: these share Node's prototypes, but no global object.
 */
const WATCH = Symbol.for('nestjs-trace-collector.response.v1');
const METHODS = Symbol.for('nestjs-trace-collector.response-methods.v1');

/** A method of a response, called with `this`. */
export type Method = (this: ServerResponse, ...args: unknown[]) => unknown;

/**
 * Watches one response. Each copy of the package may have one; it calls the one of another copy inside. No member throws
 * anything but what the response's own method threw.
 */
export interface ResponseWatcher {
  readonly inner: ResponseWatcher | undefined;
  /** What the application put in the place of `end`, watched. */
  end: unknown;
  /** Where it would be if it was not replaced: a prototype, or the response itself. `undefined`: it is not replaced. */
  endOf: object | undefined;
  /** Calls `writeHead`, the response's own method. */
  writeHead(response: ServerResponse, args: readonly unknown[], writeHead: Method): unknown;
  /** `end` is called with this argument. */
  ended(response: ServerResponse, payload: unknown): void;
  /** `write` is called with these arguments. */
  wrote(response: ServerResponse, chunk: unknown, encoding: unknown): void;
}

type Watched = ServerResponse & { [WATCH]?: ResponseWatcher };
type Name = 'writeHead' | 'end' | 'write';

/** The outermost watcher of a response. */
export function watcherOf(response: ServerResponse): ResponseWatcher | undefined {
  return (response as Watched)[WATCH];
}

/** Puts a watcher on a response. It is one property, in the same place each time. */
export function setWatcher(response: ServerResponse, watcher: ResponseWatcher): void {
  (response as Watched)[WATCH] = watcher;
}

/** By name, the prototypes of responses whose method was watched or looked for. */
const prepared: Record<Name, WeakSet<object>> = {
  writeHead: new WeakSet(),
  end: new WeakSet(),
  write: new WeakSet(),
};

/**
 * Watches a method of a response at the prototype that has it (of HTTP/1, of HTTP/2 or of a simulated response), once per
 * process. A response without a watcher runs the method behind one look-up. Functions on each response instead, or accessors,
 * cost every traced request three definitions of properties.
 *
 * @returns whether the response has a method of its own, which then is in front of the prototype's
 */
export function watchMethod(response: ServerResponse, name: Name): boolean {
  if (Object.hasOwn(response, name)) return true;
  const prototype = Object.getPrototypeOf(response) as object;
  if (!prepared[name].has(prototype)) {
    prepared[name].add(prototype);
    prepare(prototype, name);
  }
  return false;
}

function prepare(prototype: object, name: Name): void {
  let holder: object = prototype;
  for (;;) {
    if (Object.hasOwn(holder, name)) break;
    const next = Object.getPrototypeOf(holder) as object | null;
    if (!next) return;
    // Node's `end` and `write` are there for requests to other servers too, which are not watched here.
    if (next === OutgoingMessage.prototype) break;
    holder = next;
  }
  const marked = holder as { [METHODS]?: Set<Name> };
  const names = Object.hasOwn(holder, METHODS) ? marked[METHODS]! : new Set<Name>();
  const found = Object.getOwnPropertyDescriptor(holder, name);
  const method: unknown = found ? found.value : inherited(holder, name);
  if (names.has(name) || typeof method !== 'function' || found?.configurable === false) return;
  const { enumerable } = found ?? Object.getOwnPropertyDescriptor(OutgoingMessage.prototype, name)!;
  Object.defineProperty(holder, METHODS, { value: names, configurable: true });
  Object.defineProperty(holder, name, { ...MAKE[name](method as Method, holder), enumerable, configurable: true });
  names.add(name);
}

/** The method of a class above, which another library may replace later. */
function inherited(holder: object, name: Name): Method {
  const above = Object.getPrototypeOf(holder) as Record<Name, Method>;
  return function (this: ServerResponse, ...args) {
    return above[name].apply(this, args);
  };
}

const MAKE: Record<Name, (method: Method, holder: object) => PropertyDescriptor> = {
  writeHead: (method) => ({
    writable: true,
    value: function writeHead(this: ServerResponse, ...args: unknown[]) {
      const watcher = watcherOf(this);
      return watcher ? watcher.writeHead(this, args, method) : method.apply(this, args);
    },
  }),
  write: (method) => ({
    writable: true,
    value: function write(this: ServerResponse, ...args: unknown[]) {
      watcherOf(this)?.wrote(this, args[0], args[1]);
      return method.apply(this, args);
    },
  }),
  end: (method, holder) => endAccessor(watchedEnd(method), holder),
};

/**
 * `end` of a response: the outermost function that the application has put there. Compression and sessions wrap `end` and pass
 * compressed bytes, or nothing, to the one inside; so each function that replaces it is watched.
 *
 * @param holder the prototype with the accessor: a class that calls `super.end()` finds that of the class above, which was not
 *   replaced. `undefined`: the response itself
 */
function endAccessor(byDefault: unknown, holder?: object): PropertyDescriptor & ThisType<ServerResponse> {
  return {
    get() {
      const watcher = watcherOf(this);
      return watcher !== undefined && watcher.endOf === (holder ?? this) ? watcher.end : byDefault;
    },
    set(replaced: unknown) {
      // An object made of a watched response is another one.
      const watcher = Object.hasOwn(this, WATCH) ? watcherOf(this) : undefined;
      if (!watcher) return plain(this, replaced);
      watcher.end = typeof replaced === 'function' ? watchedEnd(replaced as Method) : replaced;
      watcher.endOf = holder ?? this;
    },
  };
}

/** What an assignment does without the accessor. */
function plain(target: object, value: unknown): void {
  Object.defineProperty(target, 'end', { value, writable: true, enumerable: true, configurable: true });
}

/** For responses that had an `end` of their own before they were watched. */
const ownEnd: PropertyDescriptor = { ...endAccessor(undefined), enumerable: true, configurable: true };

/** Watches the `end` that a response has of its own. */
export function watchOwnEnd(response: ServerResponse, watcher: ResponseWatcher): void {
  const { get } = Object.getOwnPropertyDescriptor(response, 'end')!;
  // Another copy of the package did.
  if (get) return;
  watcher.end = watchedEnd(response.end as Method);
  watcher.endOf = response;
  Object.defineProperty(response, 'end', ownEnd);
}

function watchedEnd(end: Method): Method {
  return function (this: ServerResponse, ...args) {
    watcherOf(this)?.ended(this, args[0]);
    return end.apply(this, args);
  };
}
