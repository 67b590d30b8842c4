import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../config/settings.js';

/**
 * The entry for an MCP client's configuration (`mcpServers`), with the settings of this command line written out:
 * a client starts the server in a directory and with an environment of its own, so the program is named by its path
 * (`npx get-trace` elsewhere would install whatever has that name). A token is never in it.
 */
export function clientConfig(settings: Settings): object {
  const { url, dir, tokenFile } = settings;
  const args = [realpathSync(process.argv[1] ?? ''), 'mcp'];
  if (url.origin !== 'default') args.push('--url', withoutToken(url.value));
  // With --url the directory is the fallback; alone it is the source.
  if (dir.origin !== 'default' || url.origin === 'default') {
    if (dir.origin !== 'flag' && url.origin === 'default') args.push('--url', url.value);
    args.push('--dir', resolve(dir.value));
  }
  if (tokenFile !== undefined) args.push('--token-file', resolve(tokenFile));
  return { mcpServers: { traces: { command: process.execPath, args } } };
}

function withoutToken(url: string): string {
  return url.replace(/([?&])token=[^&]*&?/, '$1').replace(/[?&]$/, '');
}
