import type { Cli } from '../cli.js';

/** What a command says about itself; its help is made of this. */
export interface CommandMeta {
  name: string;
  /** Commander's notation: `<id>` is required, `[id]` is not. */
  arguments?: string;
  argsDescription?: Record<string, string>;
  description: string;
  /** Not in the help: for programs. */
  hidden?: boolean;
  /** Whole command lines with what they are for, shown under the options. */
  examples?: readonly (readonly [line: string, purpose: string])[];
}

/** A command: `run` gets the positional arguments and its own parsed options. */
export interface CommandRunner<Options extends object = object> {
  run(args: string[], options: Options): Promise<void>;
}

export type CommandClass = new (cli: Cli) => CommandRunner<never>;

const metas = new WeakMap<object, CommandMeta>();

/** Makes a class a command of the program it is given to (`buildProgram`). */
export function Command(meta: CommandMeta): (target: CommandClass) => void {
  return (target) => {
    metas.set(target, meta);
  };
}

/** Throws for a class without `@Command`: that is a mistake in the program, not of its user. */
export function commandMeta(target: CommandClass): CommandMeta {
  const meta = metas.get(target);
  if (!meta) throw new Error(`${target.name} has no @Command`);
  return meta;
}
