import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The substitute for `node:sqlite`, an optional peer dependency: the application installs it, on Node 20 only. */
export const SQLITE_PACKAGE = '@photostructure/sqlite';

/** What to do where no SQLite was found. */
export const HOW_TO_GET_SQLITE = `Run \`npm install ${SQLITE_PACKAGE}\` in the application, or use Node 22.13 or later`;

/** Files from which a thread can load an optional package. Can be sent to a worker. */
export interface PackagePlace {
  /** The package's main file. */
  main: string;
  /** Yarn's `.pnp.cjs`, without which the package does not find its own dependency in a new thread. */
  pnp?: string;
}

export type SqlitePlace = PackagePlace;

/** Node's own `createRequire`, taken from the built-ins: under Jest the imported one would load the addon again in each test file. */
export function requireFrom(file: string): NodeJS.Require {
  const { createRequire: real } = process.getBuiltinModule?.('node:module') ?? { createRequire };
  return real(file);
}

/** The substitute for `node:sqlite`, found as `findPackage` finds it. */
export function findSqlitePackage(): SqlitePlace | undefined {
  return findPackage(SQLITE_PACKAGE);
}

/**
 * Looks for an optional package from the application: its working directory, its main file, the started program with its
 * links resolved (a global `get-trace`). Our own file is no place to start from, since it may be in a bundle or a zip.
 * Works in the main thread only. `undefined` where it is not installed.
 */
export function findPackage(name: string): PackagePlace | undefined {
  for (const file of startingPoints()) {
    try {
      const require = requireFrom(file);
      return { main: require.resolve(name), pnp: yarnLoader(require) };
    } catch {
      // Not installed for this file. The next one may belong to another package.
    }
  }
  return undefined;
}

/** Loads the package of a place, in any thread. Throws what Node throws. */
export function loadPackage<T>({ main, pnp }: PackagePlace): T {
  const require = requireFrom(main);
  if (pnp !== undefined && process.versions['pnp'] === undefined) (require(pnp) as { setup(): void }).setup();
  return require(main) as T;
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
