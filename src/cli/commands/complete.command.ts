import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { COMMANDS } from './commands.js';

@Command({
  name: '__complete',
  arguments: '[words...]',
  description: 'Print the completions of these words, one per line; for the completion scripts',
  hidden: true,
})
export class CompleteCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run(words: string[]): Promise<void> {
    const { candidates } = await import('../completion/candidates.js');
    const found = await candidates(this.cli, words, COMMANDS);
    if (found.length > 0) await this.cli.write(found.join('\n'));
  }
}
