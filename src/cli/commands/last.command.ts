import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { EXPORT_OPTION, printExport, type ExportOptions } from './print-export.js';

@Command({
  name: 'last',
  description: 'Show the newest trace',
  examples: [
    ['last', 'the newest trace, with everything that led to it'],
    ['last --export > trace.json', 'to share it'],
    ['last --raw > last.json', 'as stored'],
  ],
})
export class LastCommand implements CommandRunner<ExportOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], options: ExportOptions): Promise<void> {
    if (options.export) return printExport(this.cli, async (source) => (await source.lastTrace()).trace_id);
    await this.cli.printTrace('trace', (source) => source.lastTrace());
  }

  @Option(EXPORT_OPTION)
  parseExport(): boolean {
    return true;
  }
}
