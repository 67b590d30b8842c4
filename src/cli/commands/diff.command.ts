import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { ID_HELP, parseTraceId } from './trace-id.js';

@Command({
  name: 'diff',
  arguments: '<a> <b>',
  argsDescription: {
    a: ID_HELP,
    b: 'Trace id or prefix, or last-ok: the newest completed trace of the same contact, else of the same route and agent',
  },
  description:
    'Show the differences between two traces: steps added, removed, changed or slower, and where in their data',
  examples: [
    ['diff a81kLmB2 last-ok', 'how does the failed trace differ?'],
    ['diff a81kLmB2 c3PoR2D2 --json', 'for programs'],
  ],
})
export class DiffCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([a = '', b = '']: string[]): Promise<void> {
    const [first, second] = [parseTraceId(a), parseTraceId(b)];
    await this.cli.print('diff', await this.cli.ask((source) => source.compare(first, second)));
  }
}
