import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseTraceId } from '../parse/trace-id.js';
import { EXPORT_OPTION, type ExportOptions } from './options.js';
import { printExport } from './print-export.js';

@Command({
  name: 'trace',
  arguments: '<id>',
  argsDescription: {
    id: "a trace id, or a beginning that only one id has (a contact's id is one, if it has one trace)",
  },
  description: 'Show one trace: everything that happened, in order',
  examples: [
    ['get-trace trace z49hFQn0DxOX5sInJg60_20240120_143022_123456', 'the whole story'],
    ['get-trace trace z49hFQn0DxOX5sInJg60_20240120', 'the beginning is enough'],
    ['get-trace trace ID --export > trace.json', 'to share it'],
    ['get-trace trace ID --md -o issue.md', 'for an issue'],
  ],
})
export class TraceCommand implements CommandRunner<ExportOptions> {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[], options: ExportOptions): Promise<void> {
    const wanted = parseTraceId(id);
    if (options.export) return printExport(this.cli, () => Promise.resolve(wanted));
    await this.cli.printTrace('trace', (source) => source.trace(wanted));
  }

  @Option(EXPORT_OPTION)
  parseExport(): boolean {
    return true;
  }
}
