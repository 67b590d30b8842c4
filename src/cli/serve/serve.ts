import { once } from 'node:events';
import { resolve } from 'node:path';
import type { ServedSource, ServedTraces } from '../../../libs/trace/src/serve.js';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { CliError, Exit, usageError } from '../cli-error.js';
import type { Cli } from '../cli.js';
import type { Settings } from '../config/settings.js';
import { configuredToken } from '../config/token.js';

/** Options of the command. */
export interface ServeOptions {
  port?: number;
  host?: string;
}

const DEFAULT_PORT = 8001;
const DEFAULT_HOST = '127.0.0.1';
/** Time for open requests and streams to end, in milliseconds; Kubernetes gives 30 s. */
const GRACE_MS = 10_000;

/** Serves until Ctrl-C or `kill`. */
export async function serve(cli: Cli, { port = DEFAULT_PORT, host = DEFAULT_HOST }: ServeOptions): Promise<void> {
  const { settings } = cli;
  const { source, shown } = await servedSource(settings);
  const { serveTraces } = await loadServer();
  const { signal } = cli;
  const end = new AbortController();
  const stopped = once(end.signal, 'abort');
  const starting = serveTraces({
    source,
    host,
    port,
    token: configuredToken(settings),
    environment: cli.env['NODE_ENV'],
    warn: (line) => void cli.notice(line),
  });
  cli.runsUntilStopped(GRACE_MS, async () => {
    const served = await starting.catch(() => undefined);
    await served?.close();
    end.abort();
  });
  const served = await starting.catch((error: unknown) => {
    throw ofThisProgram(error);
  });
  if (!signal.aborted) await announce(cli, served, shown);
  await stopped;
}

async function announce(cli: Cli, { link, access }: ServedTraces, shown: string): Promise<void> {
  await cli.printAs(
    { url: link, access: access.mode, source: shown },
    () => `Serving ${shown} at ${link} (${access.note})`,
  );
}

/** The library's bundle has a class of its own for coded errors. */
function ofThisProgram(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'TraceCollectorError') return error;
  return new TraceCollectorError((error as TraceCollectorError).code, error.message, { cause: error });
}

/** The flag that is given, then the shared store of the environment, then the directory. */
async function servedSource(settings: Settings): Promise<{ source: ServedSource; shown: string }> {
  const { store, dir, url } = settings;
  if (url.origin === 'flag')
    throw usageError('serve reads a directory or a shared store, not a server: give --dir or --store');
  if (store?.origin === 'flag' && dir.origin === 'flag')
    throw usageError('--store and --dir exclude each other: choose one');
  if (store && dir.origin !== 'flag') {
    const [{ shownTarget }, { targetOf }] = await Promise.all([
      import('../../../libs/trace/src/store/shared-target.js'),
      import('../shared/store-setting.js'),
    ]);
    const target = targetOf(store);
    return { source: { target }, shown: shownTarget(target) };
  }
  const path = resolve(dir.value);
  return { source: { dir: path }, shown: path };
}

/** It is a file of the library: Nest and the page are loaded by this command only. */
async function loadServer(): Promise<typeof import('../../../libs/trace/src/serve.js')> {
  try {
    return await import('../../../libs/trace/src/serve.js');
  } catch (error) {
    const missing = /Cannot find package '([^']+)'/.exec((error as Error).message)?.[1];
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND' || missing === undefined) throw error;
    throw new CliError(
      'DRIVER_MISSING',
      Exit.noSource,
      `serve needs the package ${missing}, which is not installed. Run \`npm install @nestjs/common @nestjs/core @nestjs/platform-express reflect-metadata rxjs\`, ` +
        'or without a project: npx -p nestjs-trace-collector -p @nestjs/platform-express nestjs-trace-collector serve',
      { cause: error },
    );
  }
}
