import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { safeLines } from '../output/terminal.js';
import { ID_HELP, parseTraceId } from './trace-id.js';

@Command({
  name: 'unpin',
  arguments: '<id>',
  argsDescription: { id: ID_HELP },
  description: 'Remove the protection of a pinned trace',
  examples: [['unpin z49hFQn0DxOX5sInJg60_20240120_143022_123456', 'when it is no longer needed']],
})
export class UnpinCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[]): Promise<void> {
    const trace = parseTraceId(id);
    const answer = await this.cli.chooser.askServer((source) => source.pin(trace, false));
    await this.cli.printAs(answer, async () => `No longer pinned: ${await safeLines(answer.trace_id)}`);
  }
}
