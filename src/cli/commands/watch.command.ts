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
  steps?: boolean;
}

@Command({
  name: 'watch',
  aliases: ['tail', 'logs'],
  description: 'Print one line per trace as it happens, also after a restart of the server; Ctrl-C ends it',
  options: [
    optionOf('--contact <id>', QUESTIONS.stream.parameters.contact_id),
    optionOf('--status <status>', QUESTIONS.stream.parameters.status),
  ],
  examples: [
    ['watch', 'everything, one line per trace'],
    ['watch --steps', 'every event and step'],
    ['watch --contact 5491155551234', 'one contact'],
    ['watch --until-error', 'ends with exit code 10 at the first error or failed trace'],
    ['watch --json | jq .data', 'one JSON object per line'],
  ],
})
export class WatchCommand implements CommandRunner<WatchOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { contact, status, untilError = false, steps = false }: WatchOptions): Promise<void> {
    const [{ follow }, { liveText, reportsError }] = await Promise.all([
      import('../watch/follow.js'),
      import('../watch/live-text.js'),
    ]);
    const text = liveText(this.cli, { steps });
    const notice = async (line: string): Promise<void> => {
      await this.write(text.before());
      await this.cli.notice(line);
      await this.write(text.after());
    };
    for await (const message of follow(this.cli, { contactId: contact, status }, notice)) {
      await this.write(text.of(message));
      if (!untilError || !reportsError(message)) continue;
      const { trace_id: id } = message.data;
      await this.write(text.last(id));
      await this.cli.notice(`Error in ${id}: ${traceCommand(id)}`);
      throw new QuietExit(Exit.matched);
    }
  }

  private async write(text: string): Promise<void> {
    if (text !== '') await this.cli.output.write(text);
  }

  @Option({ flags: '--steps', description: 'Print every event and step, not one line per trace' })
  parseSteps(): boolean {
    return true;
  }

  @Option({ flags: '--until-error', description: 'Exit with code 10 at the first error or failed trace' })
  parseUntilError(): boolean {
    return true;
  }
}
