import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { TraceStatus } from '../../../libs/trace/src/model/status.js';
import { traceCommand } from '../../../libs/trace/src/views/text/trace-command.js';
import { Exit, QuietExit } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { optionOf } from '../framework/parameter-option.js';

interface WatchOptions {
  contact?: string;
  status?: readonly TraceStatus[];
  untilError?: boolean;
}

@Command({
  name: 'watch',
  description: 'Print events as they happen, also after a restart of the server; Ctrl-C ends it',
  options: [
    optionOf('--contact <id>', QUESTIONS.stream.parameters.contact_id),
    optionOf('--status <status>', QUESTIONS.stream.parameters.status),
  ],
  examples: [
    ['get-trace watch', 'everything'],
    ['get-trace watch --contact 5491155551234', 'one contact'],
    ['get-trace watch --until-error', 'ends with exit code 10 at the first error or failed trace'],
    ['get-trace watch --json | jq .data', 'one JSON object per line'],
  ],
})
export class WatchCommand implements CommandRunner<WatchOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { contact, status, untilError = false }: WatchOptions): Promise<void> {
    const [{ follow }, { liveText, reportsError }] = await Promise.all([
      import('../watch/follow.js'),
      import('../watch/live-text.js'),
    ]);
    const text = liveText(this.cli);
    for await (const message of follow(this.cli, { contactId: contact, status })) {
      await this.cli.write(text(message));
      if (!untilError || !reportsError(message)) continue;
      await this.cli.notice(`Error in ${message.data.trace_id}: ${traceCommand(message.data.trace_id)}`);
      throw new QuietExit(Exit.matched);
    }
  }

  @Option({ flags: '--until-error', description: 'Exit with code 10 at the first error or failed trace' })
  parseUntilError(): boolean {
    return true;
  }
}
