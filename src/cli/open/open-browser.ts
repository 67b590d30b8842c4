import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Env } from '../config/settings.js';
import type { PageLink } from './page-link.js';

/** Opens the link in the browser. Returns why it could not be opened, or `undefined`. */
export async function openBrowser({ url, tokenDir }: PageLink, env: Env): Promise<string | undefined> {
  try {
    // Other users can read the arguments of a program, so a link with a token goes through a file that only its owner reads.
    return await start(tokenDir === undefined ? url : pathToFileURL(forwardingPage(tokenDir, url)).href, env);
  } catch (error) {
    return (error as Error).message;
  }
}

/** A page in the trace directory, beside the file with the same token, that leads to the link. */
function forwardingPage(dir: string, url: string): string {
  const file = resolve(join(dir, 'open.html'));
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  const address = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const text = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${address}"><a href="${address}">Traces</a>\n`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    if (process.platform !== 'win32') chmodSync(draft, 0o600);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return file;
}

function start(address: string, env: Env): Promise<string | undefined> {
  const [command, ...args] = browserOf(env);
  return new Promise((resolved) => {
    const child = spawn(command!, [...args, address], { stdio: 'ignore', detached: true });
    child.once('error', (error) => resolved(`cannot run ${command} (${(error as NodeJS.ErrnoException).code})`));
    child.once('spawn', () => {
      child.unref();
      resolved(undefined);
    });
  });
}

function browserOf(env: Env): string[] {
  if (env['BROWSER']) return env['BROWSER'].split(' ').filter((word) => word !== '' && word !== '%s');
  if (process.platform === 'darwin') return ['open'];
  return process.platform === 'win32' ? ['explorer.exe'] : ['xdg-open'];
}
