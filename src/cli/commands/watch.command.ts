import type { TraceStatus } from '../../../libs/trace/src/model/status.js';
import { traceCommand } from '../../../libs/trace/src/views/text/trace-command.js';
import { QuietExit } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Exit } from '../exit-codes.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseStatusFilter } from '../parse/status.js';
import { parseContact } from '../parse/contact.js';

interface WatchOptions {
  contact?: string;
  status?: readonly TraceStatus[];
  untilError?: boolean;
}

@Command({
  name: 'watch',
  description: 'Print events as they happen, over restarts of the server; Ctrl-C ends it',
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
    const [{ follow }, { liveText }, { tellsOfError }] = await Promise.all([
      import('../watch/follow.js'),
      import('../watch/live-text.js'),
      import('../watch/tells-of-error.js'),
    ]);
    const text = liveText(this.cli);
    for await (const message of follow(this.cli, { contactId: contact, status })) {
      await this.cli.write(text(message));
      if (!untilError || !tellsOfError(message)) continue;
      await this.cli.notice(`Error in ${message.data.trace_id}: ${traceCommand(message.data.trace_id)}`);
      throw new QuietExit(Exit.matched);
    }
  }

  @Option({ flags: '--contact <id>', description: 'only this contact' })
  parseContact(value: string): string {
    return parseContact(value);
  }

  @Option({
    flags: '--status <status>',
    description: 'only traces that have this status at the moment: --status failed shows the ends of those that failed',
  })
  parseStatus(value: string): TraceStatus[] {
    return parseStatusFilter(value);
  }

  @Option({ flags: '--until-error', description: 'end at the first error or failed trace, with exit code 10' })
  parseUntilError(): boolean {
    return true;
  }
}
