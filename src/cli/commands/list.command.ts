import { InvalidArgumentError } from 'commander';
import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { TraceStatus } from '../../../libs/trace/src/model/status.js';
import type { LoggedLevel } from '../../../libs/trace/src/model/trace.js';
import type { TraceSort } from '../../../libs/trace/src/model/trace-search.js';
import { LIST_COLUMNS, type ListColumn } from '../../../libs/trace/src/views/render/list-columns.js';
import { commandLine } from '../../../libs/trace/src/views/text/trace-command.js';
import type { Moment } from '../../../libs/trace/src/contract/trace-queries.js';
import { usageError } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { nearestWord } from '../../../libs/trace/src/model/nearest-word.js';
import { optionOf, parseText } from '../framework/parameter-option.js';

interface ListOptions {
  status?: readonly TraceStatus[];
  sort?: TraceSort;
  columns?: readonly ListColumn[];
  fingerprint?: string;
  contact?: string;
  since?: Moment;
  limit?: number;
  query?: string;
  before?: string;
  model?: string;
  host?: string;
  log?: LoggedLevel;
  tag?: string;
  instance?: string;
  minCost?: number;
  maxCost?: number;
  minTokens?: number;
}

const { parameters } = QUESTIONS.traces;

@Command({
  name: 'list',
  description: 'List traces, newest first unless --sort gives another order',
  options: [
    optionOf('--status <status>', parameters.status),
    optionOf('--sort <order>', parameters.sort),
    {
      flags: '--columns <names>',
      description: `Columns of the table and of --plain, with commas between them: ${LIST_COLUMNS.join(', ')}`,
      parse: parseColumns,
    },
    optionOf('--contact <id>', parameters.contact_id),
    optionOf('--since <when>', parameters.since),
    optionOf('--limit <n>', parameters.limit),
    optionOf('--before <cursor>', parameters.before),
    optionOf('-q, --query <text>', parameters.q),
    optionOf('--model <name>', parameters.model),
    optionOf('--host <host>', parameters.host),
    optionOf('--log <level>', parameters.log),
    optionOf('--tag <tag>', parameters.tag),
    optionOf('--instance <name>', parameters.instance),
    optionOf('--fingerprint <id>', parameters.fingerprint),
    optionOf('--min-cost <usd>', parameters.min_cost_usd),
    optionOf('--max-cost <usd>', parameters.max_cost_usd),
    optionOf('--min-tokens <n>', parameters.min_tokens),
  ],
  examples: [
    ['list', 'the newest 20'],
    ['list --status failed --since 2h', 'what failed in the last two hours'],
    ['list --status error,timeout --sort duration', 'what failed, the longest first'],
    ['list --columns time,contact,agent,error,trace', 'other columns; also with --plain'],
    ['list --contact 5491155551234', "one contact's"],
    ['list --model gpt-5-mini --min-cost 0.01', 'traces whose calls cost a cent or more'],
    ['list -q "tokens:<1000"', 'with fewer tokens; --max-tokens is the size of Markdown'],
    ['list -q agendar --limit 100', 'with this text in the message, the contact, the id or an error'],
  ],
})
export class ListCommand implements CommandRunner<ListOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { contact, query, minCost, maxCost, columns, ...options }: ListOptions): Promise<void> {
    if (columns && this.cli.format !== 'human' && this.cli.format !== 'plain') {
      throw usageError(`--columns: --${this.cli.format} has all values; use it with the table or with --plain`);
    }
    const params = {
      ...options,
      contactId: contact,
      q: query,
      minCostUsd: minCost,
      maxCostUsd: maxCost,
      limit: options.limit ?? parameters.limit.default,
    };
    const answer = await this.cli.ask((source) => source.traces(params));
    await this.cli.print('list', answer, { columns, next: answer.traces.length === 0 && this.cli.format === 'human' ? await this.hints() : [] });
  }

  /** What an empty list means: nothing was recorded yet, or nothing matches. */
  private async hints(): Promise<string[]> {
    const { traces } = await this.cli.ask((source) => source.traces({ limit: 1 }));
    if (traces.length > 0) return [`None matches. All traces: ${commandLine(['list'])}`];
    return [`None was recorded yet: send a webhook to the application. Why not? ${commandLine(['doctor'])}`];
  }
}

function parseColumns(text: string): readonly ListColumn[] {
  const names = parseText(text).split(',').map((name) => name.trim());
  const unknown = names.find((name) => !LIST_COLUMNS.includes(name as ListColumn));
  if (unknown === undefined) return names as ListColumn[];
  const meant = nearestWord(unknown, LIST_COLUMNS);
  throw new InvalidArgumentError(
    `'${unknown}' is no column${meant ? `; did you mean '${meant}'?` : ''} Give some of ${LIST_COLUMNS.join(', ')}.`,
  );
}
