import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';

@Command({
  name: 'health',
  description: 'Show the health of the recorder: its journal, dropped records, and the reasons',
  examples: [['health --json', 'for a monitor']],
})
export class HealthCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run(): Promise<void> {
    await this.cli.print('health', await this.cli.ask((source) => source.health()));
  }
}
