import { escapeForTerminals } from '../../../libs/trace/src/views/render/json.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { printExport } from './print-export.js';
import { ID_HELP, parseTraceId } from './trace-id.js';

const FORMATS = ['json', 'otlp'] as const;

interface Options {
  format?: (typeof FORMATS)[number];
}

@Command({
  name: 'export',
  arguments: '<id>',
  argsDescription: { id: ID_HELP },
  description: 'Print one trace for another program',
  examples: [
    ['export z49hFQn0DxOX5sInJg60 > trace.json', 'the timeline, the summary, the hints and the errors'],
    ['export z49hFQn0DxOX5sInJg60 --format otlp > spans.json', 'every step as a span of OpenTelemetry'],
    [
      "$ % export z49hFQn0DxOX5sInJg60 --format otlp | curl -d @- -H 'content-type: application/json' http://localhost:4318/v1/traces",
      'into a collector',
    ],
  ],
})
export class ExportCommand implements CommandRunner<Options> {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[], { format = 'json' }: Options): Promise<void> {
    const traceId = parseTraceId(id);
    if (format === 'json') return printExport(this.cli, () => Promise.resolve(traceId));
    const request = await this.cli.ask((source) => source.otlp(traceId));
    // A receiver takes this as it is: no envelope around it.
    await this.cli.write(escapeForTerminals(JSON.stringify(request, null, 2)));
  }

  @Option({
    flags: '--format <format>',
    description: 'json: what --export prints; otlp: an ExportTraceServiceRequest in JSON',
    defaultText: 'json',
    choices: FORMATS,
  })
  parseFormat(value: string): string {
    return value;
  }
}
