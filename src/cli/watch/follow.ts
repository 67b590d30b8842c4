import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import type { Cli } from '../cli.js';
import type { LocalSource } from '../source/directory-source.js';
import { ServerProblem } from '../source/server-problem.js';
import type { FollowFilter } from './server-connection.js';
import { ServerFollower } from './server-follower.js';

/** Messages from now until Ctrl-C: of the server, or of the shared store or the directory's journal. */
export async function* follow(cli: Cli, filter: FollowFilter): AsyncGenerator<StreamMessage> {
  const local = await cli.chooser.first();
  if (local) {
    await cli.notice(`Watching ${local.shown} (Ctrl-C ends it)`);
    yield* messagesOf(local, cli, filter);
    return;
  }
  try {
    yield* new ServerFollower(cli.chooser.client, filter, (text) => cli.notice(text), cli.signal).messages();
  } catch (error) {
    if (!(error instanceof ServerProblem)) throw error;
    yield* messagesOf(await cli.chooser.standIn(error), cli, filter);
  }
}

async function* messagesOf({ queries }: LocalSource, cli: Cli, filter: FollowFilter): AsyncGenerator<StreamMessage> {
  // The timers that poll a directory are unreferenced, so this one keeps the program running.
  const alive = setInterval(() => undefined, 60_000);
  try {
    yield* queries.stream({ ...filter, signal: cli.signal });
  } finally {
    clearInterval(alive);
  }
}
