import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The substitute for `node:sqlite`, an optional peer dependency: the application installs it, on Node 20 only. */
export const SQLITE_PACKAGE = '@photostructure/sqlite';

/** What to do where no SQLite was found. */
export const HOW_TO_GET_SQLITE = `Run \`npm install ${SQLITE_PACKAGE}\` in the application, or use Node 22.13 or later`;

/** Files from which a thread can load the substitute. Can be sent to a worker. */
export interface SqlitePlace {
  /** The package's main file. */
  main: string;
  /** Yarn's `.pnp.cjs`, without which the package does not find its own dependency in a new thread. */
  pnp?: string;
}

/** Node's own `createRequire`, taken from the built-ins: under Jest the imported one would load the addon again in each test file. */
export function requireFrom(file: string): NodeJS.Require {
  const { createRequire: real } = process.getBuiltinModule?.('node:module') ?? { createRequire };
  return real(file);
}

/**
 * Looks for the substitute from the application: its working directory, its main file, the started program with its
 * links resolved (a global `get-trace`). Our own file is no place to start from, since it may be in a bundle or a zip.
 * Works in the main thread only. `undefined` where it is not installed.
 */
export function findSqlitePackage(): SqlitePlace | undefined {
  for (const file of startingPoints()) {
    try {
      const require = requireFrom(file);
      return { main: require.resolve(SQLITE_PACKAGE), pnp: yarnLoader(require) };
    } catch {
      // Not installed for this file. The next one may belong to another package.
    }
  }
  return undefined;
}

function startingPoints(): string[] {
  const program = process.argv[1];
  const found = [
    attempt(() => join(process.cwd(), 'package.json')),
    process.mainModule?.filename,
    program,
    program === undefined ? undefined : attempt(() => realpathSync(program)),
  ];
  return found.filter((file) => file !== undefined);
}

function yarnLoader(require: NodeJS.Require): string | undefined {
  return process.versions['pnp'] === undefined ? undefined : attempt(() => require.resolve('pnpapi'));
}

/** A working directory that was removed makes `cwd()` throw. */
function attempt<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
