import type { ExportResponse } from '../../../libs/trace/src/contract/responses.js';
import { renderJson } from '../../../libs/trace/src/views/render/json.js';
import type { Cli } from '../cli.js';
import type { TraceSource } from '../source/http-source.js';

export interface ExportOptions {
  export?: boolean;
}

export const EXPORT_OPTION = {
  flags: '--export',
  description: 'Print only the timeline, the summary, the hints and the errors, as JSON',
} as const;

/**
 * Prints the export of the trace that `find` returns. Markdown and a page show the whole trace instead, shortened: they
 * have room for what the JSON export leaves out.
 */
export async function printExport(cli: Cli, find: (source: TraceSource) => Promise<string>): Promise<void> {
  if (cli.format === 'md' || cli.format === 'html') {
    await cli.printTrace('trace', async (source) => source.trace(await find(source)));
  } else await printExportOf(cli, await cli.ask(async (source) => source.export(await find(source))));
}

/** Prints indented JSON unless another format was chosen. */
export async function printExportOf(cli: Cli, answer: ExportResponse): Promise<void> {
  if (cli.format === 'human') await cli.write(renderJson('export', answer, 'pretty'));
  else await cli.print('export', answer);
}
