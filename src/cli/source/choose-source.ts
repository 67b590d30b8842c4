import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { CliError, Exit, usageError } from '../cli-error.js';
import { parseBaseUrl } from '../config/base-url.js';
import { discoverServer, type DiscoveredServer, type Discovery } from '../config/discovery.js';
import {
  directoryFirst,
  directoryMayStandIn,
  mayDiscover,
  namesServer,
  settingsFor,
  storeFirst,
  type Settings,
} from '../config/settings.js';
import { findToken } from '../config/token.js';
import type { SharedSource } from '../shared/shared-source.js';
import type { LocalSource } from './directory-source.js';
import { HttpClient } from './http-client.js';
import { httpSource, type TraceSource } from './http-source.js';
import { ServerProblem } from './server-problem.js';

/** Problems of a directory that are printed on stderr. */
const MOST_PROBLEMS = 5;

/** Prints a line on stderr. */
export type Notice = (text: string) => Promise<void>;

/** A server that may be asked. */
export interface Asked {
  client: HttpClient;
  /** The settings with its address. */
  settings: Settings;
}

/**
 * The first of: the shared store of `--store`, the server of `--url`, the running application of the directory, the
 * directory of `--dir`, the server of TRACE_URL or of the default port, the shared store of TRACE_STORE_URL, the directory.
 * The question itself is the probe of a server: a separate check would cost every command a round trip, and could be out
 * of date at the question.
 */
export class SourceChooser {
  /** The servers in the order in which they are asked. Empty: a flag names a store or a directory without a running application. */
  readonly servers: readonly Asked[];
  readonly discovery: Discovery;
  private answering: Asked | undefined;
  private directory: LocalSource | undefined;
  private shared: Promise<SharedSource> | undefined;
  /** What replaced the server. */
  private substitute: LocalSource | undefined;

  /** @param borrow where another chooser holds the shared store open. Default: this one opens and closes it */
  constructor(
    private readonly settings: Settings,
    private readonly notice: Notice,
    private readonly borrow?: () => Promise<SharedSource>,
  ) {
    this.discovery = mayDiscover(settings) ? discoverServer(settings.dir.value) : {};
    this.servers = storeFirst(settings) ? [] : serversOf(settings, this.discovery.server);
  }

  /** The server that answered the last question; before the first one, the one that is asked first. */
  get server(): Asked | undefined {
    return this.substitute ? undefined : (this.answering ?? this.servers[0]);
  }

  async ask<T>(question: (source: TraceSource) => Promise<T>): Promise<T> {
    return this.fromFirst(
      ({ client }) => question(httpSource(client)),
      ({ queries }) => question(queries),
    );
  }

  /** What the first source that can answer gives: a server, or else what replaces it. */
  async fromFirst<T>(
    ofServer: (server: Asked) => Promise<T>,
    ofLocal: (source: LocalSource) => Promise<T>,
  ): Promise<T> {
    const local = this.substitute ?? (await this.first());
    if (local) return ofLocal(local);
    await this.noticeOther();
    let problem: ServerProblem | undefined;
    for (const server of this.answering ? [this.answering] : this.servers) {
      try {
        const answer = await ofServer(server);
        this.answering = server;
        return answer;
      } catch (error) {
        if (!(error instanceof ServerProblem)) throw error;
        problem ??= error;
      }
    }
    return ofLocal(await this.standIn(problem!));
  }

  /** Whether this source replaced a server. */
  isSubstitute(source: LocalSource): boolean {
    return this.substitute === source;
  }

  /** A server that a person named is not the one that is asked: they may look for other traces. */
  private async noticeOther(): Promise<void> {
    const [asked, other] = this.servers;
    if (this.answering || !asked || !other || sameAddress(asked.client.href, other.client.href)) return;
    await this.notice(
      `Asking ${asked.client.href}, the application of ${this.settings.dir.value}, before ${other.settings.url.name}; --url names another`,
    );
  }

  /** The source that a flag puts before the servers; `undefined`: a server is asked. */
  private async first(): Promise<LocalSource | undefined> {
    if (storeFirst(this.settings)) return this.openShared();
    return this.servers.length === 0 ? this.openDirectory() : undefined;
  }

  /**
   * Asks for a change: the server, or the shared store of `--store`. Never the directory, which is read-only, and never
   * the store of TRACE_STORE_URL, which would be changed because a server on this machine happens to be down.
   * @param doing for messages: what only a running application can do
   */
  async askServer<T>(question: (source: TraceSource) => Promise<T>, doing = 'change traces'): Promise<T> {
    if (storeFirst(this.settings)) return question((await this.openShared()).queries);
    const server = this.changedServer(doing);
    try {
      return await question(httpSource(server.client));
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      if (error.kind === 'refused') throw error.cause;
      const cure = this.settings.store
        ? 'start it, or name it with --url or TRACE_URL; to change the shared store itself, give --store'
        : 'start it, or name it with --url or TRACE_URL';
      throw new CliError(
        error.kind === 'off' ? 'DEBUG_DISABLED' : 'NO_SERVER',
        error.kind === 'off' ? Exit.notAllowed : Exit.noSource,
        `${error.headline}. Only a running application can ${doing}: ${cure}.`,
        { cause: error },
      );
    }
  }

  /**
   * The server that a change goes to. A script with TRACE_URL must not erase elsewhere because an application happens to
   * run on this machine, and the other way round: where both are there and differ, a person decides.
   */
  private changedServer(doing = 'change traces'): Asked {
    const [first, second] = this.servers;
    if (!first) {
      throw new CliError(
        'NOT_SUPPORTED',
        Exit.notAllowed,
        `${this.settings.dir.value} is read-only here: only a running application can ${doing}. Name it with --url.`,
      );
    }
    const other = second && namesServer(second.settings) ? second : undefined;
    if (!other || sameAddress(first.client.href, other.client.href)) return first;
    throw usageError(
      `${first.settings.url.name} names ${first.client.href}, and ${other.settings.url.name} names ${other.client.href}: ` +
        'name the one to change with --url',
    );
  }

  /** Where `askServer` asks, for people. */
  async changes(): Promise<string> {
    if (!storeFirst(this.settings)) return this.changedServer().client.href;
    return `all instances in ${(await this.openShared()).shown}`;
  }

  /** What replaces a server with this problem: the shared store of the environment, else the directory. */
  private async standIn(problem: ServerProblem): Promise<LocalSource> {
    this.substitute = (await this.sharedStandIn(problem)) ?? (await this.directoryStandIn(problem));
    return this.substitute;
  }

  private async sharedStandIn(problem: ServerProblem): Promise<LocalSource | undefined> {
    // A flag is nearer to the person who types than the environment.
    if (!this.settings.store || this.settings.dir.origin === 'flag') return undefined;
    const shared = await this.openShared();
    await this.notice(`${problem.headline}; reading ${shared.shown}`);
    try {
      await shared.probe();
      return shared;
    } catch (error) {
      if (!(error instanceof TraceCollectorError) || !this.directoryMayStandIn()) throw error;
      await this.notice(error.message);
      if (await this.hasDirectory()) return undefined;
      throw error;
    }
  }

  private async hasDirectory(): Promise<boolean> {
    try {
      return (await this.openDirectory()) !== undefined;
    } catch {
      return false;
    }
  }

  private async directoryStandIn(problem: ServerProblem): Promise<LocalSource> {
    const dir = this.settings.dir.value;
    if (!this.directoryMayStandIn()) throw noSource(problem, undefined);
    let directory: LocalSource;
    try {
      directory = await this.openDirectory();
    } catch (error) {
      if (error instanceof CliError && error.code === 'NO_DIRECTORY') throw noSource(problem, dir);
      throw error;
    }
    await this.notice(`${problem.headline}; reading ${dir}`);
    return directory;
  }

  /** @throws CliError for a flag that names another source */
  async openShared(): Promise<SharedSource> {
    if (this.borrow) return this.borrow();
    const { store, url, dir } = this.settings;
    for (const other of storeFirst(this.settings) ? [url, dir] : []) {
      if (other.origin === 'flag') throw usageError(`--store and ${other.name} exclude each other: choose one`);
    }
    return (this.shared ??= import('../shared/shared-source.js').then(({ openSharedSource }) =>
      openSharedSource(store!),
    ));
  }

  /** The default directory is the one of this folder, so also of the application that was found in it. */
  private directoryMayStandIn(): boolean {
    return this.discovery.server !== undefined || directoryMayStandIn(this.settings);
  }

  async openDirectory(): Promise<LocalSource> {
    const dir = this.settings.dir.value;
    try {
      const { openDirectorySource } = await import('./directory-source.js');
      if (this.directory) return this.directory;
      this.directory = await openDirectorySource(dir, this.notice);
      await this.report(this.directory.problems);
      return this.directory;
    } catch (error) {
      if (!(error instanceof TraceCollectorError) || error.code !== 'NO_DIRECTORY') throw error;
      throw new CliError(
        'NO_DIRECTORY',
        Exit.noSource,
        `There are no traces in ${dir}. Name the application's storage directory with --dir, or leave --dir out to ask ${this.settings.url.value}.`,
        { cause: error },
      );
    }
  }

  private async report(problems: string[]): Promise<void> {
    for (const problem of problems.slice(0, MOST_PROBLEMS)) await this.notice(problem);
    const more = problems.length - MOST_PROBLEMS;
    if (more > 0) await this.notice(`${more} more problems: see the command health`);
  }

  async close(): Promise<void> {
    const { directory, shared } = this;
    this.directory = this.shared = this.substitute = undefined;
    await directory?.close();
    await shared?.then(
      (source) => source.close(),
      () => undefined,
    );
  }
}

/** In the order of the questions. A directory that a flag names has no other server than its own. */
function serversOf(settings: Settings, found: DiscoveredServer | undefined): Asked[] {
  const named = directoryFirst(settings) ? [] : [settings];
  // Behind an application that runs, the default port could only be another application's.
  const others = found && !namesServer(settings) ? [] : named;
  const all = found ? [settingsFor(settings, found), ...others] : others;
  return all.map((each) => {
    const client = new HttpClient({
      base: each.base,
      token: () => findToken(each),
      found: each.url.origin === 'discovered',
    });
    return { client, settings: each };
  });
}

/** `localhost` and `127.0.0.1` are the same machine; so are paths with and without a slash at the end. */
function sameAddress(a: string, b: string): boolean {
  const [first, second] = [parseBaseUrl(a, ''), parseBaseUrl(b, '')];
  if (!first.loopback || !second.loopback) return first.href === second.href;
  const [one, two] = [new URL(first.href), new URL(second.href)];
  return one.port === two.port && one.pathname === two.pathname;
}

function noSource(problem: ServerProblem, dir: string | undefined): Error {
  const tried = dir === undefined ? problem.headline : `${problem.headline}, and no traces in ${dir}`;
  if (problem.kind === 'refused') return problem.cause as Error;
  if (problem.kind === 'off') {
    return new CliError(
      'DEBUG_DISABLED',
      Exit.notAllowed,
      `${tried}. In production, configure debug.token (32 characters or more) or debug.guards; if the routes are elsewhere, give their whole address with --url (http://host/api/debug).`,
      { cause: problem },
    );
  }
  return new CliError(
    'NO_SOURCE',
    Exit.noSource,
    `${tried}. Start the application, or name it with --url (TRACE_URL), or its storage directory with --dir (TRACE_DIR), or the shared store with --store (TRACE_STORE_URL).`,
    { cause: problem },
  );
}
