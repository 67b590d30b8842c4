import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether a package is in a `node_modules` of the project under test: of its working directory, or further up. */
export function isInstalled(name: string): boolean {
  for (let dir = process.cwd(); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'node_modules', name, 'package.json'))) return true;
    if (dir === dirname(dir)) return false;
  }
}

/** A package that the suite uses where it is installed, and does not require. */
export async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}
