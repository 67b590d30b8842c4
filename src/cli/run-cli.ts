import { type Command as Program, CommanderError } from 'commander';
import { Cli } from './cli.js';
import { Exit, EXIT_CODE_HELP, QuietExit } from './cli-error.js';
import { CompleteCommand } from './commands/complete.command.js';
import { COMMANDS, HomeCommand } from './commands/commands.js';
import { GLOBAL_OPTIONS } from './config/global-options.js';
import { buildProgram, type Launch } from './framework/program.builder.js';
import { Interrupt } from './interrupt.js';
import { packageVersion } from '../../libs/trace/src/model/package-version.js';
import { Output } from './output/output.js';
import { reportFailure } from './output/report-failure.js';

const DESCRIPTION = 'See what happened in your workflows: one webhook, one trace, from the message to the reply.';

/** Runs one command line to its end and returns the exit code; nothing is thrown. */
export async function runCli(argv: string[]): Promise<number> {
  const interrupt = new Interrupt();
  // Without a listener, a reader of stderr that went away ends the program with a stack trace and leaves its files.
  process.stderr.on('error', () => undefined);
  let help = '';
  const launch: Launch = async (target, args, own, globals, helpOf) => {
    const cli = new Cli(globals, process.env, interrupt, helpOf);
    interrupt.tidyUp = () => cli.close();
    try {
      await new target(cli as never).run(args, own as never);
    } finally {
      await cli.close();
    }
  };
  const program = buildProgram(
    {
      name: 'get-trace',
      version: packageVersion(),
      description: DESCRIPTION,
      globals: GLOBAL_OPTIONS,
      epilogue: epilogue(),
      commands: [...COMMANDS, CompleteCommand],
      home: HomeCommand,
      width: process.stdout.columns,
      writeOut: (text) => (help += text),
    },
    launch,
  );
  try {
    await parse(program, argv);
    if (help !== '') await new Output(undefined).write(help);
    return interrupt.signal.aborted ? Exit.interrupted : Exit.ok;
  } catch (error) {
    if (interrupt.signal.aborted) return Exit.interrupted;
    if (error instanceof QuietExit) return error.exitCode;
    return reportFailure(error, { json: argv.includes('--json'), debug: Boolean(process.env['DEBUG']) });
  }
}

/** Commander ends help and version with an error too, of exit code 0. */
async function parse(program: Program, argv: string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
  }
}

function epilogue(): string {
  const codes = EXIT_CODE_HELP.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n');
  return `
Examples:
  $ get-trace list --status failed            what went wrong lately
  $ get-trace last --export > trace.json      the newest trace, to share
  $ get-trace error --raw > error.json        the newest error, as stored
  $ get-trace watch --contact 5491155551234   one contact, as it happens
  $ get-trace serve                           the page for a directory or a shared store, without an application

Traces are taken from the shared store of --store, the directory of --dir, the server, the shared store of
TRACE_STORE_URL, or the directory, in this order. The directory is read-only. Data goes to stdout, everything else to stderr.

Exit codes:
${codes}
`;
}
