import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { SHELLS } from '../completion/shells.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';

@Command({
  name: 'completion',
  arguments: '<shell>',
  argsDescription: { shell: 'bash, zsh or fish' },
  description: 'Print a script that completes commands, options, trace ids and contacts',
  examples: [
    ['$ source <(% completion bash)', 'in ~/.bashrc'],
    ['$ source <(% completion zsh)', 'in ~/.zshrc'],
    ['completion fish > ~/.config/fish/completions/nestjs-trace-collector.fish', 'once'],
  ],
})
export class CompletionCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([shell = '']: string[]): Promise<void> {
    const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell as keyof typeof SHELLS] : undefined;
    if (script === undefined) throw usageError(`there is no completion for '${shell}': bash, zsh or fish`);
    await this.cli.write(script);
  }
}
