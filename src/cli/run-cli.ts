import { type Command as Program, CommanderError } from 'commander';
import { Cli } from './cli.js';
import { Exit, EXIT_CODE_HELP, QuietExit } from './cli-error.js';
import { CompleteCommand } from './commands/complete.command.js';
import { COMMANDS, HomeCommand } from './commands/commands.js';
import { GLOBAL_OPTIONS } from './config/global-options.js';
import { buildProgram, examplesText, type Launch } from './framework/program.builder.js';
import { Interrupt } from './interrupt.js';
import { PROGRAM } from '../../libs/trace/src/views/text/trace-command.js';
import { packageVersion } from '../../libs/trace/src/model/package-version.js';
import { Output } from './output/output.js';
import { reportFailure } from './output/report-failure.js';

const DESCRIPTION = 'See what happened in your workflows: one webhook, one trace, from the message to the reply.';

const EXAMPLES = [
  ['list --status failed', 'what went wrong lately'],
  ['error', 'the newest error, with everything that led to it'],
  ['last --export > trace.json', 'the newest trace, to share'],
  ['open', 'the link to the page'],
  ['watch --contact 5491155551234', 'one contact, as it happens'],
  ['serve', 'the page for a directory or a shared store, without an application'],
] as const;

/** Runs one command line to its end and returns the exit code; nothing is thrown. */
export async function runCli(argv: string[]): Promise<number> {
  const interrupt = new Interrupt();
  // Without a listener, a reader of stderr that went away ends the program with a stack trace and leaves its files.
  process.stderr.on('error', () => undefined);
  let help = '';
  const launch: Launch = async (target, args, own, globals, helpOf) => {
    const cli = new Cli(globals, process.env, interrupt, helpOf, argv);
    interrupt.tidyUp = () => cli.close();
    try {
      await new target(cli as never).run(args, own as never);
    } finally {
      await cli.close();
    }
  };
  const program = buildProgram(
    {
      name: PROGRAM,
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
    return reportFailure(error, { json: argv.includes('--json'), debug: Boolean(process.env['DEBUG']), words: argv });
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
  return `${examplesText(EXAMPLES, PROGRAM)}
Traces are taken from the first of these that answers: the shared store of --store, the server of --url, the running
application of the directory (it writes its address into server.json there), the server of TRACE_URL, the one at
http://localhost:8000, the shared store of TRACE_STORE_URL, the directory. The directory is --dir, TRACE_DIR or .traces,
and is read-only. Data goes to stdout, everything else to stderr.

Exit codes:
${codes}
`;
}
