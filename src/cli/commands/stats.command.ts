import { usageError } from '../cli-error.js';
import type { Moment } from '../../../libs/trace/src/contract/trace-queries.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseMoment } from '../parse/time.js';
import type { RangeOptions } from './options.js';

@Command({
  name: 'stats',
  description: 'Count traces, errors, routes and tools, and how long traces take',
  examples: [
    ['get-trace stats', 'all that is kept'],
    ['get-trace stats --since 24h', 'the last day'],
    ['get-trace stats --since 2026-01-01 --until 2026-01-31', 'a range'],
  ],
})
export class StatsCommand implements CommandRunner<RangeOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { since, until }: RangeOptions): Promise<void> {
    if (typeof since === 'number' && typeof until === 'number' && since >= until) {
      throw usageError('--since is not before --until: nothing lies between them');
    }
    await this.cli.print('stats', await this.cli.ask((source) => source.stats({ since, until })));
  }

  @Option({ flags: '--since <when>', description: 'from then on: 30m, 2h, 7d, 14:30, 2026-01-31, 2026-01-31T14:30' })
  parseSince(value: string): Moment {
    return parseMoment(value);
  }

  @Option({ flags: '--until <when>', description: 'up to then, in the same forms; a date means the end of that day' })
  parseUntil(value: string): Moment {
    return parseMoment(value);
  }
}
