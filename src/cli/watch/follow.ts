import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import type { Cli } from '../cli.js';
import type { LocalSource } from '../source/directory-source.js';
import type { Notice } from '../source/choose-source.js';
import type { FollowFilter } from './server-connection.js';
import { ServerFollower } from './server-follower.js';

/** Messages from now until Ctrl-C: of the server, or of the shared store or the directory's journal. */
export async function* follow(cli: Cli, filter: FollowFilter, notice: Notice): AsyncGenerator<StreamMessage> {
  const source = await cli.chooser.fromFirst<ServerFollower | LocalSource>(
    async ({ client }) => {
      const follower = new ServerFollower(client, filter, notice, cli.signal);
      await follower.open();
      return follower;
    },
    (local) => Promise.resolve(local),
  );
  if (source instanceof ServerFollower) return yield* source.messages();
  if (!cli.chooser.isSubstitute(source)) await notice(`Watching ${source.shown} (Ctrl-C ends it)`);
  yield* messagesOf(source, cli, filter);
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
