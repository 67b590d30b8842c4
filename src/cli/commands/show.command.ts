import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseText } from '../framework/parameter-option.js';
import { EXPORT_OPTION, printExportOf, type ExportOptions } from './print-export.js';

@Command({
  name: 'show',
  arguments: '<file>',
  argsDescription: { file: 'output of --export, --raw, --pretty, --json or --html; - reads stdin' },
  description: 'Show a trace from a file, as if it were stored here',
  examples: [
    ['show trace.json', 'a trace from a colleague'],
    ['show trace.json --md', 'for a model or an issue'],
    ['$ curl -s http://localhost:3000/debug/last-trace | % show -', 'from another program'],
  ],
})
export class ShowCommand implements CommandRunner<ExportOptions> {
  constructor(private readonly cli: Cli) {}

  async run([file = '']: string[], options: ExportOptions): Promise<void> {
    const { readTrace } = await import('../import/read-trace.js');
    const { kind, answer } = await readTrace(parseText(file));
    if (!options.export) return this.cli.print(kind, answer as never);
    const { exportTrace } = await import('../../../libs/trace/src/views/responses/export.js');
    // An export is printed unchanged, with keys that a later version may have added.
    await printExportOf(this.cli, kind === 'export' ? answer : exportTrace(answer));
  }

  @Option(EXPORT_OPTION)
  parseExport(): boolean {
    return true;
  }
}
