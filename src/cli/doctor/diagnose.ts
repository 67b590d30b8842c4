import { countOf } from '../../../libs/trace/src/views/text/durations.js';
import type { Cli } from '../cli.js';
import { directoryFirst, storeFirst, type Settings } from '../config/settings.js';
import { findToken } from '../config/token.js';
import { packageVersion } from '../../../libs/trace/src/model/package-version.js';
import { httpSource } from '../source/http-source.js';
import { checkDirectory, checkSqlite, type Finding } from './checks.js';

export interface Diagnosis {
  configuration: Record<string, Finding>;
  checks: Record<string, Finding>;
  /** The source of the other commands with this configuration, as a sentence. */
  reads: string;
}

/** Checks everything that decides the source of the other commands. Never throws: a failure is a finding. */
export async function diagnose(cli: Cli): Promise<Diagnosis> {
  const { settings, env } = cli;
  const dir = settings.dir.value;
  const [server, directory, sqlite, store] = await Promise.all([
    checkServer(cli),
    checkDirectory(dir),
    checkSqlite(),
    settings.store && (await import('../shared/check-store.js')).checkStore(settings.store),
  ]);
  const reads = readsSentence(settings, { server, directory, store: store?.checks['shared store'] });
  return {
    configuration: {
      version: { value: packageVersion() },
      node: { value: process.version },
      url: { value: settings.url.value.replace(/([?&]token=)[^&]*/, '$1…'), from: settings.url.name },
      'debug routes': { value: settings.base.href },
      dir: { value: dir, from: settings.dir.name },
      ...(store && { store: store.configured }),
      token: describeToken(cli),
      'time zone': { value: Intl.DateTimeFormat().resolvedOptions().timeZone, from: env['TZ'] ? 'TZ' : 'the system' },
      colour: { value: cli.terminal.color ? 'yes' : 'no', from: env['NO_COLOR'] ? 'NO_COLOR' : 'the terminal' },
    },
    checks: { server, directory, sqlite, ...store?.checks },
    reads,
  };
}

/** In the order in which `SourceChooser` asks. */
function readsSentence(
  settings: Settings,
  { server, directory, store }: { server: Finding; directory: Finding; store: Finding | undefined },
): string {
  const dir = settings.dir.value;
  if (storeFirst(settings)) {
    return store?.ok ? 'Commands ask the shared store.' : 'Commands find nothing: the shared store does not answer.';
  }
  if (directoryFirst(settings)) {
    return directory.ok
      ? `Commands read ${dir}, for --dir was given without --url.`
      : `Commands find nothing: ${dir} has no traces.`;
  }
  if (server.ok) return `Commands ask ${settings.base.href}.`;
  if (store?.ok && settings.dir.origin !== 'flag') {
    return 'Commands read the shared store, for the server does not answer. To change traces there, give --store.';
  }
  if (directory.ok) return `Commands read ${dir}, for the server does not answer.`;
  return 'Commands find nothing: there is no server and no directory. Start the application, or use --url, --dir or --store.';
}

async function checkServer({ chooser }: Cli): Promise<Finding> {
  try {
    const health = await httpSource(chooser.client).health();
    const { total_traces, error_traces } = health;
    const traces =
      total_traces === null ? 'traces not counted' : `${countOf(total_traces, 'trace')}, ${error_traces} failed`;
    return { value: `${health.status}, version ${health.version}, ${traces}`, ok: true };
  } catch (error) {
    return { value: (error as Error).message, ok: false };
  }
}

/** The length and the source of the token, never the token. */
function describeToken({ settings }: Cli): Finding {
  try {
    const found = findToken(settings);
    return found ? { value: `${found.token.length} characters`, from: found.from } : { value: 'none' };
  } catch (error) {
    return { value: (error as Error).message };
  }
}
