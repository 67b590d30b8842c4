import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { CliError, Exit } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';

@Command({
  name: 'instances',
  description: 'List the processes that record into a shared store: which are live, and what they have not shipped yet',
  examples: [
    ['instances', 'of the application that runs here, and all that share its store'],
    ['instances --store postgres://user@db:5432/traces', 'of a shared store'],
    [
      'instances --json | jq ".instances[] | select(.state == \\"silent\\")"',
      'those that gave no sign of life for a minute',
    ],
  ],
})
export class InstancesCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run(): Promise<void> {
    const answer = await this.cli.ask(async (source) => {
      try {
        return await source.instances();
      } catch (error) {
        if (!(error instanceof TraceCollectorError) || error.code !== 'NOT_SUPPORTED') throw error;
        throw new CliError(
          'NOT_SUPPORTED',
          Exit.notAllowed,
          'A directory has no list of instances: ask a running application with --url, or the shared store with --store.',
          { cause: error },
        );
      }
    });
    await this.cli.print('instances', answer);
  }
}
