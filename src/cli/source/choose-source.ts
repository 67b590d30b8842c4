import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { CliError, Exit } from '../cli-error.js';
import { directoryFirst, directoryMayStandIn, type Settings } from '../config/settings.js';
import { findToken } from '../config/token.js';
import type { DirectorySource } from './directory-source.js';
import { HttpClient } from './http-client.js';
import { httpSource, type TraceSource } from './http-source.js';
import { ServerProblem } from './server-problem.js';

/** Problems of a directory that are printed on stderr. */
const MOST_PROBLEMS = 5;

/** Prints a line on stderr. */
export type Notice = (text: string) => Promise<void>;

/**
 * The server if there is one, else the directory. The question itself is the probe: a separate check would cost every
 * command a round trip, and could be out of date at the question.
 */
export class SourceChooser {
  readonly client: HttpClient;
  private directory: DirectorySource | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly notice: Notice,
  ) {
    this.client = new HttpClient({ base: settings.base, token: () => findToken(settings) });
  }

  async ask<T>(question: (source: TraceSource) => Promise<T>): Promise<T> {
    if (this.directory) return question(this.directory.queries);
    if (directoryFirst(this.settings)) return question((await this.openDirectory()).queries);
    try {
      return await question(httpSource(this.client));
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      return question((await this.standIn(error)).queries);
    }
  }

  /** Asks the server and never the directory, which is read-only. */
  async askServer<T>(question: (source: TraceSource) => Promise<T>): Promise<T> {
    if (directoryFirst(this.settings)) {
      throw new CliError(
        'NOT_SUPPORTED',
        Exit.notAllowed,
        `${this.settings.dir.value} is read-only here: only a running application can change traces. Name it with --url.`,
      );
    }
    try {
      return await question(httpSource(this.client));
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      throw new CliError(
        error.kind === 'off' ? 'DEBUG_DISABLED' : 'NO_SERVER',
        error.kind === 'off' ? Exit.notAllowed : Exit.noSource,
        `${error.headline}. Only a running application can change traces: start it, or name it with --url or TRACE_URL.`,
        { cause: error },
      );
    }
  }

  /** The directory, as the fallback of a server with this problem. */
  async standIn(problem: ServerProblem): Promise<DirectorySource> {
    const dir = this.settings.dir.value;
    if (!directoryMayStandIn(this.settings)) throw noSource(problem, undefined);
    let directory: DirectorySource;
    try {
      directory = await this.openDirectory();
    } catch (error) {
      if (error instanceof CliError && error.code === 'NO_DIRECTORY') throw noSource(problem, dir);
      throw error;
    }
    await this.notice(`${problem.headline}; reading ${dir}`);
    return directory;
  }

  async openDirectory(): Promise<DirectorySource> {
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
    const { directory } = this;
    this.directory = undefined;
    await directory?.close();
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
    `${tried}. Start the application, or name it with --url (TRACE_URL), or name its storage directory with --dir (TRACE_DIR).`,
    { cause: problem },
  );
}
