import { commandLine } from '../../../libs/trace/src/views/text/trace-command.js';
import type { StatsResponse, TracesResponse } from '../../../libs/trace/src/contract/responses.js';
import { CliError, Exit } from '../cli-error.js';
import type { Cli } from '../cli.js';
import type { CommandRunner } from '../framework/command.decorator.js';

const HOUR_US = 3_600_000_000;
const SHOWN = 5;

interface HomeResponse {
  last_hour: StatsResponse;
  traces: TracesResponse['traces'];
  next_commands: string[];
}

/** The program without a command: the last hour, and commands to run next. Without a source, the help. */
export class HomeCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run(): Promise<void> {
    let answer: HomeResponse;
    try {
      answer = await this.look();
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode !== Exit.noSource) throw error;
      await this.cli.notice(error.message);
      await this.cli.write(this.cli.help());
      return;
    }
    await this.cli.printAs(answer, () => this.text(answer));
  }

  private async look(): Promise<HomeResponse> {
    const since = Date.now() * 1000 - HOUR_US;
    const [stats, recent] = await this.cli.ask((source) =>
      Promise.all([source.stats({ since }), source.traces({ limit: SHOWN })]),
    );
    return { last_hour: stats, traces: recent.traces, next_commands: nextCommands(stats, recent) };
  }

  private async text({ last_hour, traces, next_commands }: HomeResponse): Promise<string> {
    const { total_traces, error_traces, active_traces, p95_ms } = last_hour;
    const { countOf, renderHuman, spellMs } = await import('../../../libs/trace/src/views/render/human/human.js');
    const parts = [countOf(total_traces, 'trace'), `${error_traces} failed`, `${active_traces} running`];
    if (total_traces > 0) parts.push(`95% within ${spellMs(p95_ms)}`);
    const list =
      traces.length === 0
        ? 'No traces yet: send a webhook to the application.'
        : renderHuman('list', { count: traces.length, traces, next: null }, this.cli.human());
    const next = next_commands.map((line) => `  ${line}`).join('\n');
    return `The last hour: ${parts.join(', ')}\n\n${list}\n\nNext:\n${next}\n`;
  }
}

function nextCommands(stats: StatsResponse, { traces }: TracesResponse): string[] {
  const failed = stats.error_traces > 0 ? [['error'], ['list', '--status', 'failed']] : [];
  const some = traces.length > 0 ? [['last'], ['list']] : [];
  return [...failed, ...some, ['open'], ['watch'], ['--help']].map(commandLine);
}
