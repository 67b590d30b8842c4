import { serveMcpStdio } from '../../../libs/trace/src/mcp/mcp-stdio.js';
import type { McpAsk } from '../../../libs/trace/src/mcp/mcp-tool.js';
import type { Cli } from '../cli.js';
import { packageVersion } from '../../../libs/trace/src/model/package-version.js';
import { SourceChooser } from '../source/choose-source.js';

/**
 * Serves until the client disconnects. Every question chooses its source again: the application may start and stop while
 * the client keeps this process, and a directory that was opened an hour ago shows an hour-old index.
 */
export async function serveMcp(cli: Cli): Promise<void> {
  await serveMcpStdio({
    ask: askAnew(cli),
    version: packageVersion(),
    signal: cli.signal,
    onError: (error) => void cli.notice(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
}

function askAnew(cli: Cli): McpAsk {
  let last: string | undefined;
  return async (question) => {
    const notice = async (text: string): Promise<void> => {
      if (text !== last) await cli.notice(text);
      last = text;
    };
    // A shared store answers for now at any time, and its connections are kept.
    const shared = cli.settings.store && (() => cli.chooser.openShared());
    const chooser = new SourceChooser(cli.settings, notice, shared);
    try {
      return await chooser.ask(question);
    } finally {
      await chooser.close();
    }
  };
}
