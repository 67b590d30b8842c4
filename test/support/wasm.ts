import { createRequire } from 'node:module';
import { join } from 'node:path';

/** SQLite as WASM, as the build has packed it. */
export const WASM = createRequire(import.meta.url)(join(import.meta.dirname, '../../dist/wasm/sqlite.cjs')) as string;
