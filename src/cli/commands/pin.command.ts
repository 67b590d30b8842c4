import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { safeLines } from '../output/terminal.js';
import { ID_HELP, parseTraceId } from './trace-id.js';

@Command({
  name: 'pin',
  arguments: '<id>',
  argsDescription: { id: ID_HELP },
  description: 'Protect a trace from retention and clear',
  examples: [['pin z49hFQn0DxOX5sInJg60_20240120_143022_123456', 'keep it for the post-mortem']],
})
export class PinCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[]): Promise<void> {
    const trace = parseTraceId(id);
    const answer = await this.cli.chooser.askServer((source) => source.pin(trace, true));
    await this.cli.printAs(answer, async () => `Pinned: ${await safeLines(answer.trace_id)}`);
  }
}
