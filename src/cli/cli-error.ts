import { Exit, type ExitCode } from './exit-codes.js';

/** A failure of the command line itself, with the exit code it leads to. The message says what to do about it. */
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

/** The command line makes no sense; exit 2. */
export function usageError(message: string): CliError {
  return new CliError('USAGE', Exit.usage, message);
}

/** Not a failure to report: the command has said what there is to say, and leaves with this code. */
export class QuietExit extends Error {
  constructor(readonly exitCode: ExitCode) {
    super(`exit ${exitCode}`);
    this.name = 'QuietExit';
  }
}
