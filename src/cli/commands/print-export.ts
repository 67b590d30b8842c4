import { renderJson } from '../../../libs/trace/src/views/render/json.js';
import type { Cli } from '../cli.js';
import type { TraceSource } from '../source/trace-source.js';

/** Prints the export of the trace that `find` names, as indented JSON where no other form was asked for. */
export async function printExport(cli: Cli, find: (source: TraceSource) => Promise<string>): Promise<void> {
  const answer = await cli.ask(async (source) => source.export(await find(source)));
  if (cli.format === 'human') await cli.write(renderJson('export', answer, 'pretty'));
  else await cli.print('export', answer);
}
