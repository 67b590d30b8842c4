const PREFIX = 'nestjs-trace-collector';

/**
 * A value that every copy of the package in this process uses: the ESM and the CommonJS build, duplicates in
 * node_modules, and copies that a test runner loads again. The first copy makes it. `name` ends in a version, which changes with
 * the value's shape, because copies may be of different releases.
 */
export function processShared<T extends object>(name: `${string}.v${number}`, make: () => T): T {
  const key = Symbol.for(`${PREFIX}.${name}`);
  const holder = globalThis as { [key: symbol]: T | undefined };
  return (holder[key] ??= make());
}
