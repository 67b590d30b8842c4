import { listOption } from '../../model/option-checks.js';

/** Database clients whose calls can be recorded. */
export const LIBRARIES = ['ioredis', 'mysql2'] as const;

/** A database client whose calls can be recorded. */
export type TracedLibrary = (typeof LIBRARIES)[number];

/** @throws TraceCollectorError `OPTION_INVALID` */
export function resolveLibraries(given: TracedLibrary[] | undefined): TracedLibrary[] {
  return listOption<TracedLibrary>(
    'capture.libraries',
    given,
    (name) => (LIBRARIES as readonly unknown[]).includes(name),
    LIBRARIES.map((name) => `'${name}'`).join(' or '),
  );
}
