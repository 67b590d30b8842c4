import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = 'nestjs-trace-collector';

let version: string | undefined;

/** This package's version, from its own package.json: source and build lie at different depths below it. */
export function packageVersion(): string {
  version ??= findVersion(dirname(fileURLToPath(import.meta.url)));
  return version;
}

function findVersion(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      const found = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { name?: string; version?: string };
      if (found.name === PACKAGE && found.version) return found.version;
    } catch {
      // No package.json here, or an unreadable one: look further up.
    }
  }
  return 'unknown';
}
