import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether a package can be imported from here. Looked for as Node does: in each `node_modules` on the way up. */
export function isInstalled(name: string): boolean {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'node_modules', name, 'package.json'))) return true;
    if (dir === dirname(dir)) return false;
  }
}

/** A package that the suite uses where it is installed, and that nobody has to install for it. */
export async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}
