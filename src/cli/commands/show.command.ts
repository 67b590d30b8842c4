import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseText } from '../framework/parameter-option.js';
import { EXPORT_OPTION, printExportOf, type ExportOptions } from './print-export.js';

interface ShowOptions extends ExportOptions {
  traceId?: string;
}

@Command({
  name: 'show',
  arguments: '<file>',
  argsDescription: { file: 'output of --export, --raw, --pretty, --json or --html, or OTLP JSON; - reads stdin' },
  description: 'Show a trace from a file, as if it were stored here',
  examples: [
    ['show trace.json', 'a trace from a colleague'],
    ['show trace.json --md', 'for a model or an issue'],
    ['show spans.otlp.json --trace-id 4bf92f35', 'one trace of spans of OpenTelemetry'],
    ['$ curl -s http://localhost:3000/debug/last-trace | % show -', 'from another program'],
  ],
})
export class ShowCommand implements CommandRunner<ShowOptions> {
  constructor(private readonly cli: Cli) {}

  async run([file = '']: string[], options: ShowOptions): Promise<void> {
    const { readTrace } = await import('../import/read-trace.js');
    const { kind, answer } = await readTrace(parseText(file), options.traceId);
    if (!options.export) return this.cli.print(kind, answer as never);
    const { exportTrace } = await import('../../../libs/trace/src/views/responses/export.js');
    // An export is printed unchanged, with keys that a later version may have added.
    await printExportOf(this.cli, kind === 'export' ? answer : exportTrace(answer));
  }

  @Option({
    flags: '--trace-id <id>',
    description: 'Which trace of a file of OTLP JSON: its W3C trace id, or the beginning of it',
  })
  parseTraceId(value: string): string {
    return parseText(value);
  }

  @Option(EXPORT_OPTION)
  parseExport(): boolean {
    return true;
  }
}
