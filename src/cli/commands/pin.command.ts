import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { safeLines } from '../output/safe-lines.js';
import { parseTraceId } from '../parse/trace-id.js';

@Command({
  name: 'pin',
  arguments: '<id>',
  argsDescription: { id: 'a trace id, or a beginning that only one id has' },
  description: 'Keep a trace, whatever retention and clear would take',
  examples: [['get-trace pin z49hFQn0DxOX5sInJg60_20240120_143022_123456', 'keep it for the post-mortem']],
})
export class PinCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[]): Promise<void> {
    const trace = parseTraceId(id);
    const answer = await this.cli.chooser.askServer((source) => source.pin(trace, true));
    await this.cli.printAs(answer, async () => `Pinned: ${await safeLines(answer.trace_id)}`);
  }
}
