import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { wallNow } from '../model/timers.js';

/** Another host's writer touches its segment every 15 s; silent for this long, it is taken for dead. */
export const HEARTBEAT_MS = 15_000;
export const DEAD_AFTER_MS = 60_000;

/** Who wrote a segment, as its header says. */
export interface WriterIdentity {
  boot: string;
  pid: number;
  host: string;
}

/**
 * `<number>-<random>-<start>-<pid namespace>-<started s>`. The number is the process's first segment, so that a trace
 * key leads to its process; the rest tells two processes with one pid apart: the kernel's start time, the namespace
 * (two containers on one host name both have a pid 1), and the wall clock's start where there is no `/proc`.
 */
export function makeWriterId(number: number): string {
  const random = randomBytes(4).toString('hex');
  return [number, random, startTicks(process.pid) ?? 0, pidNamespace(), startedSeconds()].join('-');
}

/** The number of a process's first segment; what stands before the dash of its trace keys. */
export function writerNumber(boot: string): number {
  return Number.parseInt(boot, 10);
}

/**
 * Whether the process that wrote a segment still runs. Certain on this host; by the age of its last sign of life on
 * any other.
 * @param lastSignMs the segment's mtime, in milliseconds
 */
export function isWriterAlive(writer: WriterIdentity, lastSignMs: number, nowMs = wallNow()): boolean {
  const [, , ticks, namespace, started] = writer.boot.split('-');
  if (writer.host !== hostname() || namespace !== pidNamespace()) return nowMs - lastSignMs < DEAD_AFTER_MS;
  if (!pidExists(writer.pid)) return false;
  const now = startTicks(writer.pid);
  if (now !== undefined && ticks !== '0') return String(now) === ticks;
  // Without /proc only our own start is known: same pid, another start, so that process is gone.
  return writer.pid !== process.pid || Math.abs(Number(started) - startedSeconds()) <= 5;
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of `/proc/<pid>/stat`. The command before it may hold blanks and parentheses: count after the last one. */
function startTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has an entry and a start time, but writes no more.
    return fields[0] === 'Z' ? -1 : Number(fields[19]);
  } catch {
    return undefined;
  }
}

let namespace: string | undefined;

function pidNamespace(): string {
  try {
    namespace ??= readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    namespace = '0';
  }
  return namespace;
}

function startedSeconds(): number {
  return Math.round(wallNow() / 1000 - process.uptime());
}
