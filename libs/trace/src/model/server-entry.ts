import { isPlainObject } from './objects.js';

/** Name of the file in the trace directory that holds the address of the running application. */
export const SERVER_FILE = 'server.json';

/** Bytes of the file that are read at most: a few hundred are written. */
export const MAX_SERVER_FILE_BYTES = 16 * 1024;

/** Address of the debug routes of one process. */
export interface ServerEntry {
  /** Address of the debug routes, on the port that the process listens on: `http://localhost:3000/api/debug`. */
  url: string;
  /** Id of the process. */
  pid: number;
  /** When it began to listen: ISO 8601, UTC. */
  startedAt: string;
}

/** Content of the file: the process that wrote last, and the others that share the directory. */
export interface ServerFileContent extends ServerEntry {
  /** Processes that were running when the first one wrote. They replace it when it ends. Absent: none. */
  others?: ServerEntry[];
}

/** Returns the entries of the file, newest first; none for a text that is not one of ours. */
export function parseServerFile(text: string): ServerEntry[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isPlainObject(content)) return [];
  const { others } = content as { others?: unknown };
  return [content, ...(Array.isArray(others) ? others : [])]
    .filter(isEntry)
    .map(({ url, pid, startedAt }) => ({ url, pid, startedAt }))
    .toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
}

function isEntry(value: unknown): value is ServerEntry {
  const { url, pid, startedAt } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof url === 'string' &&
    typeof pid === 'number' &&
    Number.isInteger(pid) &&
    pid > 0 &&
    typeof startedAt === 'string' &&
    !Number.isNaN(Date.parse(startedAt))
  );
}
