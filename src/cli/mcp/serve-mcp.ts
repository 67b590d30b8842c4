import { serveMcpStdio } from '../../../libs/trace/src/mcp/mcp-stdio.js';
import type { McpAsk } from '../../../libs/trace/src/mcp/mcp-queries.js';
import type { Cli } from '../cli.js';
import { packageVersion } from '../../../libs/trace/src/model/package-version.js';
import { SourceChooser } from '../source/choose-source.js';

/**
 * Serves until the client hangs up. Every question looks anew for whom to ask: the application may start, stop and come
 * back while the client keeps this process, and a directory that was opened an hour ago shows an hour-old index.
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
  let told: string | undefined;
  return async (question) => {
    const chooser = new SourceChooser(cli.settings, async (text) => {
      if (text !== told) await cli.notice(text);
      told = text;
    });
    try {
      return await chooser.ask(question);
    } finally {
      await chooser.close();
    }
  };
}
