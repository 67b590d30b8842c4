import { CommanderError } from 'commander';
import { escapeForTerminals } from '../../../libs/trace/src/views/render/json.js';
import type { TraceListItem } from '../../../libs/trace/src/contract/responses.js';
import { PROGRAM } from '../../../libs/trace/src/views/text/trace-command.js';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { CliError, Exit, type ExitCode, exitOfCode } from '../cli-error.js';
import { withWholeId } from './same-command.js';
import { safeLines } from './terminal.js';

/** The program's name before a message. */
const NAME = 'nestjs-trace-collector';

/** Prints a failure on stderr, as JSON for programs. Returns the exit code. */
export async function reportFailure(error: unknown, form: { json: boolean; debug: boolean; words: readonly string[] }): Promise<ExitCode> {
  const { code, exitCode, message } = describeFailure(error);
  const candidates = error instanceof TraceCollectorError ? error.candidates : undefined;
  if (form.json) {
    const body = { code, message, exit_code: exitCode, ...(candidates && { candidates }) };
    process.stderr.write(`${escapeForTerminals(JSON.stringify({ schema: 1, error: body }))}\n`);
    return exitCode;
  }
  if (candidates && candidates.length > 0) {
    // Without the ids, which are in the table.
    const [begin = message] = message.split(`: ${(candidates[0] as TraceListItem).trace_id}`);
    const title = `${await safeLines(begin)}. Give more of the id; the newest are:`;
    process.stderr.write(`${NAME}: ${title}\n\n${await candidateTable(candidates, form.words)}\n`);
    return exitCode;
  }
  process.stderr.write(`${NAME}: ${await safeLines(message)}\n`);
  if (exitCode === Exit.usage) process.stderr.write(`Try ${PROGRAM} --help, or --help after a command.\n`);
  if (exitCode === Exit.unexpected && form.debug && error instanceof Error) {
    process.stderr.write(`${await safeLines(error.stack ?? '')}\n`);
  }
  return exitCode;
}

/** The matching traces in a short table, each with the command that names it whole. */
async function candidateTable(candidates: readonly object[], words: readonly string[]): Promise<string> {
  const { renderHuman } = await import('../../../libs/trace/src/views/render/human/human.js');
  const traces = candidates as TraceListItem[];
  const rows = renderHuman(
    'list',
    { count: traces.length, traces, next: null },
    { width: process.stderr.columns ?? 100, now: Date.now() * 1000, columns: ['status', 'time', 'duration', 'message'] },
  ).split('\n');
  const [title = '', ...lines] = rows;
  const commands = await Promise.all(traces.map(({ trace_id }) => safeLines(withWholeId(words, trace_id))));
  return [title, ...lines.flatMap((line, at) => [line, `   ${commands[at]}`])].join('\n');
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
