import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { TraceStatus } from '../../../libs/trace/src/model/status.js';
import type { LoggedLevel } from '../../../libs/trace/src/model/trace.js';
import type { Moment } from '../../../libs/trace/src/contract/trace-queries.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { optionOf } from '../framework/parameter-option.js';

interface ListOptions {
  status?: readonly TraceStatus[];
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
  description: 'List traces, newest first',
  options: [
    optionOf('--status <status>', parameters.status),
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
    optionOf('--min-cost <usd>', parameters.min_cost_usd),
    optionOf('--max-cost <usd>', parameters.max_cost_usd),
    optionOf('--min-tokens <n>', parameters.min_tokens),
  ],
  examples: [
    ['get-trace list', 'the newest 20'],
    ['get-trace list --status failed --since 2h', 'what failed in the last two hours'],
    ['get-trace list --contact 5491155551234', "one contact's"],
    ['get-trace list --model gpt-5-mini --min-cost 0.01', 'traces whose calls cost a cent or more'],
    ['get-trace list -q "tokens:<1000"', 'with fewer tokens; --max-tokens is the size of Markdown'],
    ['get-trace list -q agendar --limit 100', 'with this text in the message, the contact, the id or an error'],
  ],
})
export class ListCommand implements CommandRunner<ListOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { contact, query, minCost, maxCost, ...options }: ListOptions): Promise<void> {
    const params = {
      ...options,
      contactId: contact,
      q: query,
      minCostUsd: minCost,
      maxCostUsd: maxCost,
      limit: options.limit ?? parameters.limit.default,
    };
    await this.cli.print('list', await this.cli.ask((source) => source.traces(params)));
  }
}
