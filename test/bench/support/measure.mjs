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
