import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { confirm } from '../output/confirm.js';

interface ClearOptions {
  force?: boolean;
  keepErrors?: boolean;
}

@Command({
  name: 'clear',
  description: 'Delete every trace that has ended and is not pinned; asks for confirmation',
  examples: [
    ['clear', 'asks, then deletes'],
    ['clear -f --keep-errors', 'deletes without asking, except for traces that failed'],
  ],
})
export class ClearCommand implements CommandRunner<ClearOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { force, keepErrors = false }: ClearOptions): Promise<void> {
    const { chooser } = this.cli;
    if (!force) {
      const { total_traces, error_traces } = await chooser.askServer((source) => source.health());
      const kept = keepErrors ? `, keep the ${error_traces} that failed` : '';
      await confirm(`Delete the traces of ${await chooser.changes()} (${total_traces}${kept})?`, this.cli.signal);
    }
    const answer = await chooser.askServer((source) => source.clear({ keepErrors }));
    await this.cli.printAs(answer, () => `Deleted ${answer.removed} ${answer.removed === 1 ? 'trace' : 'traces'}.`);
  }

  @Option({ flags: '-f, --force', description: 'Do not ask for confirmation' })
  parseForce(): boolean {
    return true;
  }

  @Option({ flags: '--keep-errors', description: QUESTIONS.clear.parameters.keep_errors.help })
  parseKeepErrors(): boolean {
    return true;
  }
}
