import { usageError } from '../cli-error.js';
import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { TimeRange } from '../../../libs/trace/src/contract/trace-queries.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { optionOf } from '../framework/parameter-option.js';

const { since: from, until: to } = QUESTIONS.stats.parameters;

@Command({
  name: 'stats',
  description: 'Count traces, errors, routes and tools, and how long traces take',
  options: [optionOf('--since <when>', from), optionOf('--until <when>', to)],
  examples: [
    ['stats', 'all that is kept'],
    ['stats --since 24h', 'the last day'],
    ['stats --since 2026-01-01 --until 2026-01-31', 'a range'],
  ],
})
export class StatsCommand implements CommandRunner<TimeRange> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { since, until }: TimeRange): Promise<void> {
    if (typeof since === 'number' && typeof until === 'number' && since >= until) {
      throw usageError('--since is not before --until: the range is empty');
    }
    await this.cli.print('stats', await this.cli.ask((source) => source.stats({ since, until })));
  }
}
