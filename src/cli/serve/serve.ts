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
  /** Spans of other processes are recorded into the directory. */
  record?: boolean;
  /** With `record`: no application uses the directory, so its index and old traces are looked after too. */
  alone?: boolean;
}

type Recording = Pick<ServeOptions, 'record' | 'alone'>;

const DEFAULT_PORT = 8001;
const DEFAULT_HOST = '127.0.0.1';
/** Time for open requests and streams to end, in milliseconds; Kubernetes gives 30 s. */
const GRACE_MS = 10_000;

/** Serves until Ctrl-C or `kill`. */
export async function serve(cli: Cli, options: ServeOptions): Promise<void> {
  const { port = DEFAULT_PORT, host = DEFAULT_HOST } = options;
  const { settings } = cli;
  const { source, shown } = await servedSource(settings, options);
  const { serveTraces } = await loadServer();
  const { signal } = cli;
  const end = new AbortController();
  const stopped = once(end.signal, 'abort');
  const starting = serveTraces({
    source,
    host,
    port,
    token: configuredToken(settings),
    env: cli.env,
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

async function announce(cli: Cli, { link, access, otlp }: ServedTraces, shown: string): Promise<void> {
  await cli.printAs({ url: link, access: access.mode, source: shown, ...(otlp !== undefined && { otlp }) }, () =>
    [
      `Serving ${shown} at ${link} (${access.note})`,
      ...(otlp === undefined ? [] : [`Recording spans that are sent with OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}`]),
    ].join('\n'),
  );
}

/** The library's bundle has a class of its own for coded errors. */
function ofThisProgram(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'TraceCollectorError') return error;
  return new TraceCollectorError((error as TraceCollectorError).code, error.message, { cause: error });
}

/** The flag that is given, then the shared store of the environment, then the directory. */
async function servedSource(
  settings: Settings,
  { record, alone }: Recording,
): Promise<{ source: ServedSource; shown: string }> {
  const { store, dir, url } = settings;
  if (url.origin === 'flag')
    throw usageError('serve reads a directory or a shared store, not a server: give --dir or --store');
  if (store?.origin === 'flag' && dir.origin === 'flag')
    throw usageError('--store and --dir exclude each other: choose one');
  if (alone && !record) throw usageError('--alone is for --record: without it nothing in the directory is changed');
  if (store && dir.origin !== 'flag') {
    if (record)
      throw usageError(`--record needs a directory, and the shared store of ${store.name} is only read: give --dir`);
    const [{ shownTarget }, { targetOf }] = await Promise.all([
      import('../../../libs/trace/src/store/shared-target.js'),
      import('../shared/store-setting.js'),
    ]);
    const target = targetOf(store);
    return { source: { target }, shown: shownTarget(target) };
  }
  const path = resolve(dir.value);
  return { source: { dir: path, ...(record && { record: alone ? 'alone' : 'spans' }) }, shown: path };
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
