import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SegmentFields } from '../model/record.js';
import { wallNow } from '../model/timers.js';
import { writerNumber, type Writer } from '../model/trace-key.js';

/** How often a writer touches its segment, in milliseconds: other hosts see that it is alive. */
export const HEARTBEAT_MS = 15_000;
/** A writer of another host that was silent for this long is taken for dead, in milliseconds. */
export const DEAD_AFTER_MS = 60_000;

/** A process, distinguished from another one with the same pid. */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /**
   * `<start>-<pid namespace>-<started s>`: the kernel's start time, the namespace (two containers on one host both have
   * a pid 1), and the wall clock's start where there is no `/proc`.
   */
  process: string;
}

/** The process that wrote a segment. */
export interface WriterIdentity extends Writer, ProcessIdentity {
  /** Version of this package in it. */
  version?: string;
}

export function thisProcess(): ProcessIdentity {
  const started = [startTicks(process.pid) ?? 0, pidNamespace(), startedSeconds()];
  return { pid: process.pid, host: hostname(), process: started.join('-') };
}

/** The writer that a segment's header names. In format 1 `boot` is `<number>-<random>-` and then `process`. */
export function writerOf({
  writer,
  writer_id: id,
  process,
  boot = '',
  pid,
  host,
  version,
}: SegmentFields): WriterIdentity {
  if (writer !== undefined) return { number: writer, id: id ?? '', process: process ?? '', pid, host, version };
  return { number: writerNumber(boot), id: boot, process: boot.split('-').slice(2).join('-'), pid, host, version };
}

/**
 * Whether a process still runs. Certain on this host; for another host by the age of its last sign of life.
 * @param lastSignMs the segment's mtime, in milliseconds
 */
export function isWriterAlive(writer: ProcessIdentity, lastSignMs: number, nowMs = wallNow()): boolean {
  const [ticks, namespace, started] = writer.process.split('-');
  if (writer.host !== hostname() || namespace !== pidNamespace()) return nowMs - lastSignMs < DEAD_AFTER_MS;
  if (!pidExists(writer.pid)) return false;
  const now = startTicks(writer.pid);
  if (now !== undefined && ticks !== '0') return String(now) === ticks;
  // Without /proc only our own start is known: same pid, another start, so that process is gone.
  return writer.pid !== process.pid || Math.abs(Number(started) - startedSeconds()) <= 5;
}

/** Whether a process has this id. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of `/proc/<pid>/stat`. The command before it may have blanks and parentheses, so count after the last one. */
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
