import { countOf } from '../../../libs/trace/src/views/text/durations.js';
import type { Cli } from '../cli.js';
import type { Discovery } from '../config/discovery.js';
import { mayDiscover, storeFirst, type Settings } from '../config/settings.js';
import { findToken } from '../config/token.js';
import { packageVersion } from '../../../libs/trace/src/model/package-version.js';
import type { Asked } from '../source/choose-source.js';
import { httpSource } from '../source/http-source.js';
import { ServerProblem } from '../source/server-problem.js';
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
  const { servers, discovery } = cli.chooser;
  const [answers, directory, sqlite, store] = await Promise.all([
    Promise.all(servers.map(checkServer)),
    checkDirectory(dir),
    checkSqlite(),
    settings.store && (await import('../shared/check-store.js')).checkStore(settings.store),
  ]);
  const first = servers[Math.max(0, answers.findIndex(({ ok }) => ok))];
  const asked = first?.settings ?? settings;
  const reads = readsSentence(settings, { servers, answers, directory, store: store?.checks['shared store'] });
  return {
    configuration: {
      version: { value: packageVersion() },
      node: { value: process.version },
      url: { value: settings.url.value.replace(/([?&]token=)[^&]*/, '$1…'), from: settings.url.name },
      ...(mayDiscover(settings) && { 'server.json': foundWords(discovery) }),
      'debug routes': { value: asked.base.href },
      dir: { value: dir, from: settings.dir.name },
      ...(store && { store: store.configured }),
      token: describeToken(asked),
      'time zone': { value: Intl.DateTimeFormat().resolvedOptions().timeZone, from: env['TZ'] ? 'TZ' : 'the system' },
      colour: { value: cli.terminal.color ? 'yes' : 'no', from: env['NO_COLOR'] ? 'NO_COLOR' : 'the terminal' },
    },
    checks: {
      ...Object.fromEntries(answers.map((answer, at) => [at === 0 ? 'server' : `server of ${nameOf(servers[at]!)}`, answer])),
      directory,
      sqlite,
      ...store?.checks,
    },
    reads,
  };
}

/** The application that recorded its address in the directory. */
function foundWords({ server, problem }: Discovery): Finding {
  if (server) return { value: `${server.base.href}, pid ${server.pid}`, from: server.file };
  return { value: problem ?? 'none: no application that runs has written its address into the directory' };
}

function nameOf({ settings }: Asked): string {
  return settings.url.name === 'default' ? 'the default port' : settings.url.name;
}

interface Checked {
  servers: readonly Asked[];
  answers: readonly Finding[];
  directory: Finding;
  store: Finding | undefined;
}

/** In the order in which `SourceChooser` asks. */
function readsSentence(settings: Settings, { servers, answers, directory, store }: Checked): string {
  const dir = settings.dir.value;
  if (storeFirst(settings)) {
    return store?.ok ? 'Commands ask the shared store.' : 'Commands find nothing: the shared store does not answer.';
  }
  if (servers.length === 0) {
    return directory.ok
      ? `Commands read ${dir}, for --dir was given without --url.`
      : `Commands find nothing: ${dir} has no traces.`;
  }
  const answering = servers.find((_, at) => answers[at]?.ok);
  if (answering) return `Commands ask ${answering.client.href}.`;
  if (store?.ok && settings.dir.origin !== 'flag') {
    return 'Commands read the shared store, for the server does not answer. To change traces there, give --store.';
  }
  if (directory.ok) return `Commands read ${dir}, for the server does not answer.`;
  return 'Commands find nothing: there is no server and no directory. Start the application, or use --url, --dir or --store.';
}

async function checkServer({ client }: Asked): Promise<Finding> {
  try {
    const health = await httpSource(client).health();
    const { total_traces, error_traces } = health;
    const traces =
      total_traces === null ? 'traces not counted' : `${countOf(total_traces, 'trace')}, ${error_traces} failed`;
    return { value: `${client.href}: ${health.status}, version ${health.version}, ${traces}`, ok: true };
  } catch (error) {
    return { value: error instanceof ServerProblem ? error.headline : (error as Error).message, ok: false };
  }
}

/** The length and the source of the token, never the token. */
function describeToken(settings: Settings): Finding {
  try {
    const found = findToken(settings);
    return found ? { value: `${found.token.length} characters`, from: found.from } : { value: 'none' };
  } catch (error) {
    return { value: (error as Error).message };
  }
}
