import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';

@Command({
  name: 'active',
  description: 'Show the running traces, each with its open step',
  examples: [['active', 'is something stuck?']],
})
export class ActiveCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run(): Promise<void> {
    await this.cli.print('active', await this.cli.ask((source) => source.active()));
  }
}
