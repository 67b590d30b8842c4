import type { ExportResponse } from '../../../libs/trace/src/contract/responses.js';
import { renderJson } from '../../../libs/trace/src/views/render/json.js';
import type { Cli } from '../cli.js';
import type { TraceSource } from '../source/trace-source.js';

/**
 * Prints the export of the trace that `find` names. As Markdown or a page it is the whole trace that is made shorter:
 * they have room for what JSON leaves out.
 */
export async function printExport(cli: Cli, find: (source: TraceSource) => Promise<string>): Promise<void> {
  if (cli.format === 'md' || cli.format === 'html') {
    await cli.printTrace('trace', async (source) => source.trace(await find(source)));
  } else await printExportOf(cli, await cli.ask(async (source) => source.export(await find(source))));
}

/** As indented JSON where no other form was asked for. */
export async function printExportOf(cli: Cli, answer: ExportResponse): Promise<void> {
  if (cli.format === 'human') await cli.write(renderJson('export', answer, 'pretty'));
  else await cli.print('export', answer);
}
