import { CommanderError } from 'commander';
import { TraceCollectorError } from '../../libs/trace/src/model/errors.js';
import { CliError } from './cli-error.js';
import { Exit, exitOfCode, type ExitCode } from './exit-codes.js';
import { safeLines } from './output/safe-lines.js';

/** Says on stderr what went wrong, as JSON for programs, and answers the exit code. */
export async function reportFailure(error: unknown, form: { json: boolean; debug: boolean }): Promise<ExitCode> {
  const { code, exitCode, message } = describeFailure(error);
  if (form.json) {
    process.stderr.write(`${JSON.stringify({ schema: 1, error: { code, message, exit_code: exitCode } })}\n`);
    return exitCode;
  }
  process.stderr.write(`get-trace: ${await safeLines(message)}\n`);
  if (exitCode === Exit.usage) process.stderr.write('Try get-trace --help, or --help after a command.\n');
  if (exitCode === Exit.unexpected && form.debug && error instanceof Error) {
    process.stderr.write(`${await safeLines(error.stack ?? '')}\n`);
  }
  return exitCode;
}

interface Failure {
  code: string;
  exitCode: ExitCode;
  message: string;
}

function describeFailure(error: unknown): Failure {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    return { code: 'USAGE', exitCode: Exit.usage, message: error.message.replace(/^error: /, '') };
  }
  if (error instanceof TraceCollectorError) {
    return { code: error.code, exitCode: exitOfCode(error.code) ?? Exit.unexpected, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'UNEXPECTED', exitCode: Exit.unexpected, message: `unexpected failure: ${message}` };
}
