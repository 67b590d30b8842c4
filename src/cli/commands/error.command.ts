import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { EXPORT_OPTION, printExport, type ExportOptions } from './print-export.js';

@Command({
  name: 'error',
  description: 'Show the newest trace that failed',
  examples: [
    ['error', 'the newest error, with everything that led to it'],
    ['error --export > trace.json', 'to share it'],
    ['error --raw > error.json', 'as stored'],
  ],
})
export class ErrorCommand implements CommandRunner<ExportOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], options: ExportOptions): Promise<void> {
    if (options.export) return printExport(this.cli, async (source) => (await source.lastError()).trace_id);
    await this.cli.printTrace('error', (source) => source.lastError());
  }

  @Option(EXPORT_OPTION)
  parseExport(): boolean {
    return true;
  }
}
