import { Logger, type Type } from '@nestjs/common';
import { RecordingState } from './capture/trace/recording-state.js';
import { setDebugPath } from './debug/debug.controllers.js';
import { delay } from './model/timers.js';

const HOOKS = [
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
] as const;
const START_HOOKS: readonly string[] = HOOKS.slice(0, 2);

/** Time for which a hook of ours may delay the start or the end of the application, in milliseconds, unless an option says more. */
const HOOK_MS = 10_000;

type Hook = (...args: unknown[]) => unknown;

/**
 * Guards what Nest makes or calls of this package while the application starts; one guard per application. A part that
 * throws turns recording off, is logged once, and is replaced by one that does nothing: the application starts and runs as
 * without the module. An invalid option is the exception: its error stops the start.
 */
export class StartGuard {
  readonly recording = new RecordingState();
  /** Another `forRoot` of this application is used: this one makes nothing. */
  duplicate = false;
  private hookMs = HOOK_MS;
  private reason: string | undefined;
  private readonly listeners: (() => void)[] = [];

  private debugHidden = false;

  /** @param controllers the controllers of `/debug`, made by this application's `forRoot` */
  constructor(private readonly controllers: readonly Type[] = []) {}

  /** Why nothing is recorded, as a sentence; `undefined`: recording is on. */
  get fault(): string | undefined {
    return this.reason;
  }

  /** Returns the result of `make`, or that of `inert` if `make` throws. */
  attempt<T>(what: string, make: () => T, inert: () => T): T {
    if (this.duplicate) return inert();
    try {
      const made = make();
      // oxlint-disable-next-line promise/prefer-await-to-then -- `attempt` itself stays synchronous for all others
      if (made instanceof Promise) return made.catch((error: unknown) => this.failed(what, error, inert)) as T;
      return this.withGuardedHooks(what, made);
    } catch (error) {
      return this.failed(what, error, inert);
    }
  }

  /** Removes the routes of `/debug`. Has no effect once Nest has made its routes. */
  hideDebug(): void {
    this.debugHidden = true;
    this.quietly(() => setDebugPath(this.controllers, undefined));
  }

  /** Calls `mount` with the controllers of `/debug`, unless they are hidden. */
  mountDebug(mount: (controllers: readonly Type[]) => void): void {
    if (!this.debugHidden) mount(this.controllers);
  }

  /** Turns recording off. Keeps and logs the first reason. */
  off(what: string, error: unknown): void {
    if (this.reason !== undefined) return;
    this.reason = `Recording is off, because ${what} failed when the application started: ${describe(error)}`;
    this.recording.on = false;
    this.warn(`${this.reason}. The application is not affected.`);
    for (const listener of this.listeners) this.quietly(listener);
  }

  /** Calls `listener` when recording is turned off; at once if it is off. */
  onOff(listener: () => void): void {
    this.listeners.push(listener);
    if (this.reason !== undefined) this.quietly(listener);
  }

  /** The application wants to wait this long for a hook, in milliseconds. */
  allowForHooks(ms: number): void {
    this.hookMs = Math.max(this.hookMs, ms);
  }

  log(line: string): void {
    this.quietly(() => new Logger('TraceModule').log(line));
  }

  warn(line: string): void {
    this.quietly(() => new Logger('TraceModule').warn(line));
  }

  private failed<T>(what: string, error: unknown, inert: () => T): T {
    if (isBadOption(error)) throw error;
    this.off(what, error);
    return inert();
  }

  private withGuardedHooks<T>(what: string, made: T): T {
    if (typeof made !== 'object' || made === null) return made;
    for (const name of HOOKS) {
      const hook = (made as Record<string, unknown>)[name];
      if (typeof hook !== 'function') continue;
      const value = (...args: unknown[]) =>
        this.runHook(`${what}.${name}`, name, () => (hook as Hook).apply(made, args));
      Object.defineProperty(made, name, { configurable: true, enumerable: false, writable: true, value });
    }
    return made;
  }

  private async runHook(what: string, name: string, hook: () => unknown): Promise<void> {
    try {
      const result = hook();
      if (result instanceof Promise) await Promise.race([result, delay(this.hookMs, { ref: false })]);
    } catch (error) {
      if (isBadOption(error)) throw error;
      if (START_HOOKS.includes(name)) this.off(what, error);
      else this.warn(`${what} failed when the application was closed: ${describe(error)}`);
    }
  }

  private quietly(work: () => void): void {
    try {
      work();
    } catch {
      // The application's logger threw, or the part that is turned off is broken too.
    }
  }
}

/** The error in one line, with the place where it was thrown. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [head = '', frame] = `${error.name}: ${error.message}`
    .split('\n', 1)
    .concat(/\n\s+(at .*)/.exec(error.stack ?? '')?.[1] ?? []);
  return frame === undefined ? head : `${head} (${frame})`;
}

function isBadOption(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'OPTION_INVALID';
}
