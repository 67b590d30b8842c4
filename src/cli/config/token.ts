import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../cli-error.js';
import { mayHaveUsersToken, type Settings } from './settings.js';

/** Bytes read at most: the application's own token has 43 characters. */
const MAX_TOKEN_BYTES = 1024;

/** A token and its source; the token itself is never shown. */
export interface FoundToken {
  token: string;
  from: string;
  /** The trace directory where the application that generated it keeps it. Absent: a person gave it. */
  dir?: string;
}

/**
 * The first of: `--token-file`, the token of the given link, TRACE_TOKEN, `token_file` of the user's file, the token in the
 * application's directory. The last is sent to this machine only: a mistyped URL must not send it to a stranger.
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
  return token ? { token, from: kept, dir: settings.dir.value } : undefined;
}

/** The token that a server is to ask for: of `--token-file`, else of TRACE_TOKEN. */
export function configuredToken({ tokenFile, tokenEnv }: Settings): FoundToken | undefined {
  if (tokenFile !== undefined) return { ...fromFile(tokenFile, '--token-file'), from: '--token-file' };
  return tokenEnv === undefined ? undefined : checked(tokenEnv, 'TRACE_TOKEN');
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

/** Other texts are not valid in a header, and the error of the HTTP client would show the token. */
function checked(token: string, from: string): FoundToken {
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw usageError(`${from}: a token is one line of printable ASCII without spaces`);
  }
  return { token: trimmed, from };
}

/** Does not follow links, does not wait for the writer of a FIFO, and reads at most 1 KiB. */
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
