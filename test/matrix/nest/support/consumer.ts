import { join } from 'node:path';

/** The compiled applications of `../app`, on one version of Nest, with the packed package installed beside them. */
export interface Consumer {
  /** Path of a compiled application. */
  program(name: string): string;
  /** A directory for traces; the runner removes it. */
  scratch(name: string): string;
}

/** The installation that `programs/nest-versions.mjs` made and compiled. */
export function consumer(): Consumer {
  const directory = process.env.MATRIX_CONSUMER;
  if (!directory) throw new Error('MATRIX_CONSUMER is not set. Run: node test/matrix/main.mjs --only nest-');
  return {
    program: (name) => join(directory, 'app-built', `${name}.js`),
    scratch: (name) => join(directory, `traces-${name}-${process.env.MATRIX_PLATFORM}`),
  };
}
