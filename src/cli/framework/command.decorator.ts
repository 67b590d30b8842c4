import { decoratedOptions, type DeclaredOption } from './option.decorator.js';

/** The name, arguments, options and help of a command. */
export interface CommandMeta {
  name: string;
  /** Other names of the command. */
  aliases?: readonly string[];
  /** Commander's notation: `<id>` is required, `[id]` is not. */
  arguments?: string;
  argsDescription?: Record<string, string>;
  description: string;
  /** Options that are parameters of the question it asks; `@Option` adds those of its own. */
  options?: readonly DeclaredOption[];
  /** Left out of the help: for programs. */
  hidden?: boolean;
  /** Words after the program's name and their purposes, shown under the options. A line of another program begins with `$ `. */
  examples?: readonly (readonly [line: string, purpose: string])[];
}

/** A command: `run` gets the positional arguments and its own parsed options. */
export interface CommandRunner<Options extends object = object> {
  run(args: string[], options: Options): Promise<void>;
}

/** A class of commands; the program passes its `Cli` to the constructor. */
export type CommandClass = new (cli: never) => CommandRunner<never>;

const metas = new WeakMap<object, CommandMeta>();

/** Makes a class a command of the program it is given to (`buildProgram`). */
export function Command(meta: CommandMeta): (target: CommandClass) => void {
  return (target) => {
    metas.set(target, meta);
  };
}

/**
 * Throws for a class without `@Command`: that is a mistake in the program, not of its user.
 */
export function commandMeta(target: CommandClass): CommandMeta {
  const meta = metas.get(target);
  if (!meta) throw new Error(`${target.name} has no @Command`);
  return meta;
}

/** The options of a command, in the order of its help. */
export function optionsOf(target: CommandClass): readonly DeclaredOption[] {
  return [...(commandMeta(target).options ?? []), ...decoratedOptions(target)];
}
