import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../cli-error.js';
import { mayHaveUsersToken, type Settings } from './settings.js';

/** The application's own token has 43 characters; a larger file holds none. */
const MAX_TOKEN_BYTES = 1024;

/** A token and where it was found; the token itself is never shown. */
export interface FoundToken {
  token: string;
  from: string;
}

/**
 * `--token-file`, the token of the given link, TRACE_TOKEN, `token_file` of the user's file, and last the token that the application keeps in its
 * directory. The last goes to this machine only: a URL typed wrong must not carry it to a stranger.
 */
export function findToken(settings: Settings): FoundToken | undefined {
  if (settings.tokenFile !== undefined) return fromFile(settings.tokenFile, '--token-file');
  if (settings.base.token) return checked(settings.base.token, `${settings.url.name} (token=)`);
  if (mayHaveUsersToken(settings)) {
    if (settings.tokenEnv) return checked(settings.tokenEnv, 'TRACE_TOKEN');
    if (settings.userTokenFile !== undefined) return fromFile(settings.userTokenFile, 'token_file');
  }
  if (!settings.base.loopback) return undefined;
  const kept = join(settings.dir.value, 'debug-token');
  const token = read(kept)?.trim();
  return token ? { token, from: kept } : undefined;
}

function fromFile(path: string, setting: string): FoundToken {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw usageError(`${setting}: cannot read '${path}' (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
  }
  if (text === '') throw usageError(`${setting}: '${path}' is empty`);
  return checked(text, path);
}

/** Anything else cannot stand in a header, and fetch's own message for that would show the token. */
function checked(token: string, from: string): FoundToken {
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw usageError(`${from}: a token is one line of printable ASCII without spaces`);
  }
  return { token: trimmed, from };
}

/** Never through a link, never waiting for the writer of a FIFO, and no more than a token has. */
function read(path: string): string | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      if (!fstatSync(fd).isFile()) return undefined;
      const bytes = Buffer.alloc(MAX_TOKEN_BYTES);
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, MAX_TOKEN_BYTES, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
