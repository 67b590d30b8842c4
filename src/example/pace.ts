/** Speed of the example as a multiple of real time: `EXAMPLE_SPEED`, 1 when unset. */
export function readSpeed(value: string | undefined): number {
  if (value === undefined || value === '') return 1;
  const speed = Number(value);
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new RangeError(`EXAMPLE_SPEED is '${value}'; give a number above 0, such as 10 for ten times faster`);
  }
  return speed;
}

const speed = readSpeed(process.env.EXAMPLE_SPEED);

/** Converts milliseconds of the example to real milliseconds. */
export function paced(ms: number): number {
  return ms / speed;
}

/** Waits as long as a network call would take. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, paced(ms)));
}
