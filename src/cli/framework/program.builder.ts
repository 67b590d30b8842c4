import { Command as Program, Option as ProgramOption } from 'commander';
import { commandMeta, optionsOf, type CommandClass } from './command.decorator.js';
import { nearestWord } from '../../../libs/trace/src/model/nearest-word.js';
import type { DeclaredOption } from './option.decorator.js';

export interface ProgramMeta {
  /** How a person starts it: the examples begin with it. */
  name: string;
  version: string;
  description: string;
  /** Options that every command takes, before or after its name. */
  globals: readonly Omit<DeclaredOption, 'parse'>[];
  /** Text under the root help. */
  epilogue: string;
  commands: readonly CommandClass[];
  /** Runs when no command is named. */
  home: CommandClass;
  width: number | undefined;
  /** Writes the text of help and version. */
  writeOut(text: string): void;
}

/** Runs one command with its own options and the global ones, all parsed. */
export type Launch = (
  target: CommandClass,
  args: string[],
  own: Record<string, unknown>,
  globals: Record<string, unknown>,
  help: () => string,
) => Promise<void>;

/**
 * Builds commander's program from decorated classes. It throws `CommanderError` for usage errors and for help. The text
 * of an error is on the error and not printed: the caller decides its form.
 */
export function buildProgram(meta: ProgramMeta, launch: Launch): Program {
  const program = new Program(meta.name);
  program
    .description(meta.description)
    .version(meta.version, '-V, --version', 'Display the version')
    .helpOption('-h, --help', 'Display help for the program or a command')
    .helpCommand('help [command]', 'Display help for a command')
    .exitOverride()
    .configureOutput({ writeOut: meta.writeOut, writeErr: () => undefined, getOutHelpWidth: () => meta.width ?? 100 })
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf })
    .addHelpText('after', meta.epilogue)
    .allowExcessArguments(true)
    .showSuggestionAfterError(true);
  for (const option of meta.globals) program.addOption(toOption(option));
  for (const target of meta.commands) addCommand(program, target, launch);

  const names = meta.commands.map(commandMeta).flatMap(({ name, aliases = [], hidden }) => (hidden ? [] : [name, ...aliases]));
  program.action(async () => {
    const [unknown] = program.args;
    if (unknown !== undefined) {
      const meant = nearestWord(unknown, names);
      program.error(`unknown command '${unknown}'${meant ? `; did you mean '${meant}'?` : ''}`, {
        code: 'commander.unknownCommand',
      });
    }
    await launch(meta.home, [], {}, program.opts(), () => program.helpInformation() + meta.epilogue);
  });
  return program;
}

function addCommand(program: Program, target: CommandClass, launch: Launch): void {
  const meta = commandMeta(target);
  const command = program
    .command(meta.name, { hidden: meta.hidden ?? false })
    .description(meta.description + aliasWords(meta.aliases))
    .aliases(meta.aliases ?? [])
    .allowExcessArguments(false);
  for (const name of meta.arguments?.split(' ') ?? []) {
    command.argument(name, meta.argsDescription?.[name.replace(/[^\w-]/g, '')] ?? '');
  }
  for (const option of optionsOf(target)) command.addOption(toOption(option));
  if (meta.examples) command.addHelpText('after', examplesText(meta.examples, program.name()));
  command.action(async () => {
    await launch(target, command.args, command.opts(), program.opts(), () => command.helpInformation());
  });
}

function toOption(meta: Omit<DeclaredOption, 'parse'> & { parse?: DeclaredOption['parse'] }): ProgramOption {
  const option = new ProgramOption(
    meta.flags,
    meta.defaultText ? `${meta.description} (default: ${meta.defaultText})` : meta.description,
  );
  if (meta.choices) option.choices(meta.choices);
  else if (meta.parse && (option.required || option.optional)) option.argParser(meta.parse);
  return option;
}

/** The name with the arguments. The aliases are in the description, where there is room for all of them. */
function termOf(command: Program): string {
  const names = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`));
  return [command.name(), ...(command.options.length > 0 ? ['[options]'] : []), ...names].join(' ');
}

function aliasWords(aliases: readonly string[] = []): string {
  return aliases.length === 0 ? '' : ` (also: ${aliases.join(', ')})`;
}

/** Each purpose is a comment above its line, so that a line can be pasted and is not wrapped where it need not be. */
export function examplesText(examples: readonly (readonly [string, string])[], program: string): string {
  const lines = examples.flatMap(([line, purpose]) => [`  # ${purpose}`, `  ${pasteable(line, program)}`]);
  return `\nExamples:\n${lines.join('\n')}\n`;
}

/** `%` in a line of several programs is this one. */
function pasteable(line: string, program: string): string {
  return line.startsWith('$ ') ? line.slice(2).replaceAll('%', program) : `${program} ${line}`.trimEnd();
}
