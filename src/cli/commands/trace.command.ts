import { usageError } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { ID_HELP, parseTraceId } from './trace-id.js';
import { EXPORT_OPTION, printExport, type ExportOptions } from './print-export.js';

@Command({
  name: 'trace',
  arguments: '<id>',
  argsDescription: {
    id: `${ID_HELP} (the contact id, if the contact has one trace); - reads ids from stdin, one per line`,
  },
  description: 'Show one trace: everything that happened, in order',
  examples: [
    ['trace z49hFQn0DxOX5sInJg60_20240120_143022_123456', 'the whole story'],
    ['trace z49hFQn0DxOX5sInJg60_20240120', 'the beginning is enough'],
    ['trace z49hFQn0DxOX5sInJg60 --export > trace.json', 'to share it'],
    ['trace z49hFQn0DxOX5sInJg60 --md -o issue.md', 'for an issue'],
    ["$ % list --raw | jq -r '.traces[].trace_id' | % trace - --md", 'all of a list'],
  ],
})
export class TraceCommand implements CommandRunner<ExportOptions> {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[], options: ExportOptions): Promise<void> {
    if (id !== '-') return this.show(parseTraceId(id), options);
    const wanted = (await linesOfStdin()).map(parseTraceId);
    if (wanted.length === 0) throw usageError('there is no trace id on stdin; give one per line');
    if (wanted.length > 1 && this.cli.format === 'html') throw usageError('--html makes a page of one trace');
    for (const each of wanted) await this.show(each, options);
  }

  private async show(id: string, options: ExportOptions): Promise<void> {
    if (options.export) return printExport(this.cli, () => Promise.resolve(id));
    await this.cli.printTrace('trace', (source) => source.trace(id));
  }

  @Option(EXPORT_OPTION)
  parseExport(): boolean {
    return true;
  }
}

async function linesOfStdin(): Promise<string[]> {
  const { createInterface } = await import('node:readline');
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') lines.push(line.trim());
  return lines;
}
