import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { CliError, Exit, usageError } from '../cli-error.js';
import { directoryFirst, directoryMayStandIn, storeFirst, type Settings } from '../config/settings.js';
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

/**
 * The first of: the shared store of `--store`, the directory of `--dir`, the server, the shared store of TRACE_STORE_URL,
 * the directory. The question itself is the probe of the server: a separate check would cost every command a round trip,
 * and could be out of date at the question.
 */
export class SourceChooser {
  readonly client: HttpClient;
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
    this.client = new HttpClient({ base: settings.base, token: () => findToken(settings) });
  }

  async ask<T>(question: (source: TraceSource) => Promise<T>): Promise<T> {
    const local = this.substitute ?? (await this.first());
    if (local) return question(local.queries);
    try {
      return await question(httpSource(this.client));
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      return question((await this.standIn(error)).queries);
    }
  }

  /** The source that a flag puts before the server; `undefined`: the server is asked. */
  async first(): Promise<LocalSource | undefined> {
    if (storeFirst(this.settings)) return this.openShared();
    return directoryFirst(this.settings) ? this.openDirectory() : undefined;
  }

  /**
   * Asks for a change: the server, or the shared store of `--store`. Never the directory, which is read-only, and never
   * the store of TRACE_STORE_URL, which would be changed because a server on this machine happens to be down.
   * @param doing for messages: what only a running application can do
   */
  async askServer<T>(question: (source: TraceSource) => Promise<T>, doing = 'change traces'): Promise<T> {
    if (storeFirst(this.settings)) return question((await this.openShared()).queries);
    if (directoryFirst(this.settings)) {
      throw new CliError(
        'NOT_SUPPORTED',
        Exit.notAllowed,
        `${this.settings.dir.value} is read-only here: only a running application can ${doing}. Name it with --url.`,
      );
    }
    try {
      return await question(httpSource(this.client));
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
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

  /** Where `askServer` asks, for people. */
  async changes(): Promise<string> {
    if (!storeFirst(this.settings)) return this.client.href;
    return `all instances in ${(await this.openShared()).shown}`;
  }

  /** What replaces a server with this problem: the shared store of the environment, else the directory. */
  async standIn(problem: ServerProblem): Promise<LocalSource> {
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
      if (!(error instanceof TraceCollectorError) || !directoryMayStandIn(this.settings)) throw error;
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
    if (!directoryMayStandIn(this.settings)) throw noSource(problem, undefined);
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

  async openDirectory(): Promise<LocalSource> {
    const dir = this.settings.dir.value;
    try {
      const { openDirectorySource } = await import('./directory-source.js');
      if (this.directory) return this.directory;
      this.directory = await openDirectorySource(dir);
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

function noSource(problem: ServerProblem, dir: string | undefined): CliError {
  const tried = dir === undefined ? problem.headline : `${problem.headline}, and no traces in ${dir}`;
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
