import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../config/settings.js';

/**
 * The entry for an MCP client's configuration (`mcpServers`), with the settings of this command line written out:
 * a client starts the server in a directory and with an environment of its own, so the program is named by its path
 * (npx in another directory would download it). A token and a password are never in it.
 */
export function clientConfig(settings: Settings): object {
  const { url, dir, tokenFile } = settings;
  const args = [realpathSync(process.argv[1] ?? ''), 'mcp'];
  if (settings.store?.origin === 'flag') {
    args.push('--store', urlWithoutPassword(settings.store.value));
    return entry(args);
  }
  if (url.origin !== 'default') args.push('--url', withoutToken(url.value));
  // Alone, the directory leads to its running application, whatever its port; with --url it is the fallback.
  if (dir.origin !== 'default' || url.origin === 'default') args.push('--dir', resolve(dir.value));
  if (tokenFile !== undefined) args.push('--token-file', resolve(tokenFile));
  return entry(args);
}

function entry(args: string[]): object {
  return { mcpServers: { traces: { command: process.execPath, args } } };
}

/** The driver takes the password from PGPASSWORD or from the password file of PostgreSQL. */
function urlWithoutPassword(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.password = '';
  for (const name of ['password', 'sslpassword']) url.searchParams.delete(name);
  return url.href;
}

function withoutToken(url: string): string {
  return url.replace(/([?&])token=[^&]*&?/, '$1').replace(/[?&]$/, '');
}
