import type { TraceStatus } from '../../../libs/trace/src/model/status.js';
import type { Moment } from '../../../libs/trace/src/contract/trace-queries.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseLimit } from '../parse/limit.js';
import { parseStatusFilter } from '../parse/status.js';
import { parseContact } from '../parse/contact.js';
import { parseText } from '../parse/text.js';
import { parseMoment } from '../parse/time.js';
import type { ListOptions } from './options.js';

@Command({
  name: 'list',
  description: 'List traces, newest first',
  examples: [
    ['get-trace list', 'the newest 20'],
    ['get-trace list --status failed --since 2h', 'what failed in the last two hours'],
    ['get-trace list --contact 5491155551234', "one contact's"],
    ['get-trace list -q agendar --limit 100', 'with this text in the message, the contact, the id or an error'],
  ],
})
export class ListCommand implements CommandRunner<ListOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { status, contact, since, limit, query, before }: ListOptions): Promise<void> {
    const answer = await this.cli.ask((source) =>
      source.traces({ status, contactId: contact, since, limit: limit ?? 20, q: query, before }),
    );
    await this.cli.print('list', answer);
  }

  @Option({
    flags: '--status <status>',
    description: 'only these: error, several as error,timeout, or failed for error, timeout, interrupted and silent',
  })
  parseStatus(value: string): TraceStatus[] {
    return parseStatusFilter(value);
  }

  @Option({ flags: '--contact <id>', description: "only this contact's" })
  parseContact(value: string): string {
    return parseContact(value);
  }

  @Option({
    flags: '--since <when>',
    description: 'only traces that began then or later: 30m, 2h, 7d, 14:30, 2026-01-31, 2026-01-31T14:30',
  })
  parseSince(value: string): Moment {
    return parseMoment(value);
  }

  @Option({ flags: '--limit <n>', description: 'at most so many, up to 500', defaultText: '20' })
  parseLimit(value: string): number {
    return parseLimit(value);
  }

  @Option({
    flags: '--before <cursor>',
    description: "the next page: the cursor stands under the list, as 'next' in JSON",
  })
  parseBefore(value: string): string {
    return parseText(value);
  }

  @Option({ flags: '-q, --query <text>', description: 'only those with this text' })
  parseQuery(value: string): string {
    return parseText(value);
  }
}
