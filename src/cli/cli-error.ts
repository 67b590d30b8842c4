import type { ErrorCode } from '../../libs/trace/src/model/errors.js';

/** The exit codes of the program. Scripts depend on these numbers. */
export const Exit = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  noSource: 5,
  unreadable: 6,
  matched: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof Exit)[keyof typeof Exit];

export const EXIT_CODE_HELP: readonly (readonly [ExitCode, string])[] = [
  [Exit.ok, 'success'],
  [Exit.unexpected, 'an unexpected failure, or the confirmation was declined'],
  [Exit.usage, 'the command line is wrong'],
  [Exit.notFound, 'the trace or contact does not exist, or the prefix matches several traces'],
  [Exit.notAllowed, 'not allowed: token missing or wrong, or /debug is off'],
  [Exit.noSource, 'no server and no directory; the shared store is out of reach, or a package for it is missing'],
  [
    Exit.unreadable,
    'the data is unreadable or of a newer version; the tables of the shared store are of another version',
  ],
  [Exit.matched, 'watch --until-error saw an error'],
  [Exit.interrupted, 'interrupted (Ctrl-C)'],
];

const BY_CODE: Record<ErrorCode, ExitCode> = {
  TRACE_NOT_FOUND: Exit.notFound,
  TRACE_AMBIGUOUS: Exit.notFound,
  EVENT_NOT_FOUND: Exit.notFound,
  CONTACT_NOT_FOUND: Exit.notFound,
  NO_TRACES: Exit.notFound,
  NO_ERRORS: Exit.notFound,
  BAD_QUERY: Exit.usage,
  BAD_POSITION: Exit.usage,
  OPTION_INVALID: Exit.usage,
  ACCESS_DENIED: Exit.notAllowed,
  CROSS_SITE: Exit.notAllowed,
  DEBUG_DISABLED: Exit.notAllowed,
  NOT_SUPPORTED: Exit.notAllowed,
  NO_DIRECTORY: Exit.noSource,
  CATALOG_UNAVAILABLE: Exit.unreadable,
  DATA_NEWER: Exit.unreadable,
  DATA_UNREADABLE: Exit.unreadable,
  DRIVER_MISSING: Exit.noSource,
  STORE_UNAVAILABLE: Exit.noSource,
  SCHEMA_OUTDATED: Exit.unreadable,
  SCHEMA_NEWER: Exit.unreadable,
};

/** The exit code of an error code; `undefined` for an unknown code of a newer server. */
export function exitOfCode(code: string): ExitCode | undefined {
  return Object.hasOwn(BY_CODE, code) ? BY_CODE[code as ErrorCode] : undefined;
}

/** A failure of the command line itself, with its exit code. The message names what to do next. */
export class CliError extends Error {
  constructor(
    readonly code: string,
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}

/** An invalid command line; exit 2. */
export function usageError(message: string): CliError {
  return new CliError('USAGE', Exit.usage, message);
}

/** Not a failure to report: the command has printed everything, and exits with this code. */
export class QuietExit extends Error {
  constructor(readonly exitCode: ExitCode) {
    super(`exit ${exitCode}`);
    this.name = 'QuietExit';
  }
}
