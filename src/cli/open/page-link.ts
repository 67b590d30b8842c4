import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { commandLine } from '../../../libs/trace/src/views/text/trace-command.js';
import { CliError, Exit } from '../cli-error.js';
import { findToken } from '../config/token.js';
import type { Cli } from '../cli.js';
import { pageUrl } from '../output/page-url.js';
import type { Asked } from '../source/choose-source.js';
import { HttpClient } from '../source/http-client.js';
import { httpSource } from '../source/http-source.js';
import { ServerProblem } from '../source/server-problem.js';

/** The link to the page. */
export interface PageLink {
  /** With the token, where the application generated it: its start-up log has the same link. */
  url: string;
  /** The directory of the token that is in the link. Absent: there is none in it. */
  tokenDir?: string;
  /** What the page will ask for. Absent: nothing. */
  asks?: string;
}

/**
 * The link to the page of the server that commands ask, or to one trace on it.
 *
 * @throws CliError where no server answers: only a running application has a page
 */
export async function pageLink({ chooser, settings }: Cli, id: string | undefined): Promise<PageLink> {
  let problem: ServerProblem | undefined;
  for (const server of chooser.servers) {
    try {
      return await linkOf(server, id);
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      problem ??= error;
    }
  }
  const why = problem ? `${problem.headline}. ` : '';
  throw new CliError(
    problem?.kind === 'off' ? 'DEBUG_DISABLED' : 'NO_SERVER',
    problem?.kind === 'off' ? Exit.notAllowed : Exit.noSource,
    `${why}Only a running application has a page: start it, or serve the traces without it: ${commandLine(['serve', ...(settings.dir.origin === 'flag' ? ['--dir', settings.dir.value] : [])])}`,
    { cause: problem },
  );
}

async function linkOf({ settings }: Asked, id: string | undefined): Promise<PageLink> {
  const { base } = settings;
  const open = new HttpClient({ base, token: () => undefined });
  try {
    return { url: await addressOf(open, id) };
  } catch (error) {
    if (!(error instanceof TraceCollectorError) || error.code !== 'ACCESS_DENIED') throw error;
  }
  const token = findToken(settings);
  const url = await addressOf(new HttpClient({ base, token: () => token }), id);
  if (token?.dir === undefined) return { url, asks: `the token of ${token?.from}` };
  const [address, hash] = url.split('#');
  return { url: `${address}?token=${token.token}${hash === undefined ? '' : `#${hash}`}`, tokenDir: token.dir };
}

/** Asks for what the link shows: the answer proves that the server is there, and has the whole id. */
async function addressOf(client: HttpClient, id: string | undefined): Promise<string> {
  const source = httpSource(client);
  if (id !== undefined) return pageUrl(client.href, (await source.export(id)).trace_id);
  await source.health();
  return pageUrl(client.href);
}
