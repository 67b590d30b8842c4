import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { safeLines } from '../output/safe-lines.js';
import { parseTraceId } from '../parse/trace-id.js';

@Command({
  name: 'unpin',
  arguments: '<id>',
  argsDescription: { id: 'a trace id, or a beginning that only one id has' },
  description: 'Let a pinned trace go as all others do',
  examples: [['get-trace unpin z49hFQn0DxOX5sInJg60_20240120_143022_123456', 'when nobody needs it any more']],
})
export class UnpinCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[]): Promise<void> {
    const trace = parseTraceId(id);
    const answer = await this.cli.chooser.askServer((source) => source.pin(trace, false));
    await this.cli.printAs(answer, async () => `No longer pinned: ${await safeLines(answer.trace_id)}`);
  }
}
