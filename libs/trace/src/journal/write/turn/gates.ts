import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import process from 'node:process';
import { nextTick } from '../../../model/timers.js';
import { processShared } from '../../../model/process-shared.js';
import { Patches } from './patches.js';

/** What a writer does when something is about to leave the process. Neither function throws. */
export interface Gate {
  /** A byte is about to leave. */
  leave(): void;
  /** The process is about to end. `isCertain`: nothing can prevent it any more. */
  dying(isCertain: boolean): void;
}

/** The writers of this process with the durability `turn`, of all copies of the package. */
interface Gates {
  open: Set<Gate>;
  /** Takes the patches and listeners away. Absent: there are none. */
  remove?: (() => void) | undefined;
}

const gates = processShared<Gates>('turn-gates.v1', () => ({ open: new Set() }));

/**
 * From now on `gate` is called before a byte leaves the process by a way that is a public method of Node's: any socket or
 * pipe (HTTP/1, TLS, WebSockets, drivers of databases, stdout), datagrams, messages to other processes, the start of a
 * program, a signal. HTTP/2 sends from native code, and only after the turn has ended, which is a write of its own.
 * @returns a function that ends this
 */
export function openGates(gate: Gate): () => void {
  gates.open.add(gate);
  gates.remove ??= install();
  return () => {
    gates.open.delete(gate);
    if (gates.open.size > 0) return;
    gates.remove?.();
    gates.remove = undefined;
  };
}

function leave(): void {
  for (const gate of gates.open) gate.leave();
}

function exiting(): void {
  for (const gate of gates.open) gate.dying(true);
}

function uncaught(): void {
  for (const gate of gates.open) gate.dying(false);
}

function install(): () => void {
  const patches = new Patches(leave);
  patches.before(Socket.prototype, '_write');
  patches.before(Socket.prototype, '_writev');
  // Loaded by an application that sends datagrams or resolves names; 1 ms otherwise.
  patches.before(process.getBuiltinModule?.('node:dgram')?.Socket.prototype, 'send');
  for (const name of ['stdout', 'stderr'] as const) patches.before(streamToFile(name), '_write');
  patches.before(process, 'send');
  patches.before(process, 'abort');
  patches.before(process, 'kill');
  process.on('exit', exiting);
  process.on('uncaughtExceptionMonitor', uncaught);
  const started = (message: unknown): void => {
    leave();
    // `send` is a property of each process that was forked, set when it has started.
    const { process: child } = message as { process: object };
    nextTick(() => Object.hasOwn(child, 'send') && patches.before(child, 'send'));
  };
  subscribe('child_process', started);
  return () => {
    patches.remove();
    process.off('exit', exiting);
    process.off('uncaughtExceptionMonitor', uncaught);
    unsubscribe('child_process', started);
  };
}

/** The prototype of stdout or stderr where it is a file, or a worker thread's; `undefined`: it is a socket. */
function streamToFile(name: 'stdout' | 'stderr'): object | undefined {
  try {
    const stream = process[name];
    const prototype = Object.getPrototypeOf(stream) as object;
    return stream instanceof Socket || !Object.hasOwn(prototype, '_write') ? undefined : prototype;
  } catch {
    return undefined;
  }
}
