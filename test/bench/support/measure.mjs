import { readFileSync } from 'node:fs';

/** Sorted durations of `times` runs, in milliseconds. */
export async function timesOf(times, run) {
  const taken = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await run(i);
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b);
}

export function quantile(ascending, q) {
  return ascending[Math.min(ascending.length - 1, Math.ceil(q * ascending.length) - 1)];
}

export function rounded(value, digits = 2) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** CPU of this process in milliseconds, all threads. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const NAP = new Int32Array(new SharedArrayBuffer(4));

/**
 * CPU of the main thread in milliseconds, by the kernel's own count. Call it on the main thread.
 * @throws Error before Node 23.9 on other systems than Linux, which have no such number.
 */
export function mainThreadCpuMs() {
  if (process.threadCpuUsage) {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  }
  // The kernel brings this number up to date when it takes the thread off the core, or at its next tick (up to 4 ms
  // later): so the thread sleeps before it reads.
  Atomics.wait(NAP, 0, 0, 1);
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
