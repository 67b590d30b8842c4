import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolveCapture, resolveLifecycle } from './capture/capture.options.js';
import { createRecorder } from './capture/create-recorder.js';
import { InternalErrors } from './capture/internal-errors.js';
import { makePrivateFolder } from './journal/files/private-file.js';
import { journalDir } from './journal/files/segment-file.js';
import { JournalWriter } from './journal/write/writer.js';
import { resolveRetention } from './maintenance/retention.options.js';
import { SystemClock } from './model/clock.js';
import { TraceCollectorError } from './model/errors.js';
import { packageVersion } from './model/package-version.js';
import { SpanReceiver } from './otel/receive/span-receiver.js';
import { resolveLimits, resolveRedact } from './serialize/serializer.js';
import type { ServedStore, ServeOptions } from './serve.options.js';
import { ServerFile } from './server-file.js';
import { type LocalJournal, openLocalJournal } from './store/embedded/embedded-store.js';
import { openDirectory } from './store/embedded/read-only-store.js';
import { writerProblems } from './store/embedded/writer-problems.js';
import type { StoreHealth, TraceStore } from './store/port.js';

/**
 * Milliseconds without a span after which a trace ends. OpenTelemetry's batch processor exports every 5 s
 * (https://opentelemetry.io/docs/specs/otel/sdk/#batching-processor), so a trace that goes on has a span in each 10 s.
 */
const QUIET_MS = 10_000;

/**
 * Opens a directory for spans and for reading, with a writer of its own, as each process of an application has one. Spans
 * of no trace of this process open one: here is no application whose traces they could have missed.
 *
 * @param as `spans`: the directory's application keeps its index and its age limits, so nothing of it is changed. `alone`:
 *   there is none
 * @throws TraceCollectorError `OPTION_INVALID` for a directory of another user, for an invalid limit, and with `alone` for
 *   a directory in which an application runs; and what opening the directory throws
 */
export async function openServedRecorder(
  dir: string,
  as: 'spans' | 'alone',
  { env, warn }: Pick<ServeOptions, 'env' | 'warn'>,
): Promise<ServedStore> {
  checkOwner(dir);
  const file = new ServerFile(dir);
  const journal = as === 'alone' ? openAlone(dir, env, file.running()) : await openBeside(dir, warn);
  const internalErrors = new InternalErrors();
  const { recorder, lifecycle } = createRecorder(
    {
      // Nothing of this process is observed.
      ...resolveCapture({ outgoing: false, logs: false, ai: false }, {}),
      redact: resolveRedact(),
      limits: resolveLimits(),
      lifecycle: resolveLifecycle({ quietMs: QUIET_MS }),
      timeZone: undefined,
    },
    journal.writer,
    new SystemClock(),
    internalErrors,
  );
  const spans = new SpanReceiver(() => recorder, 'trace');
  return {
    store: journal.store,
    own: { instance: hostname(), host: hostname(), pid: process.pid, version: packageVersion() },
    internalErrors: () => internalErrors.count,
    received: () => spans.health(),
    spans,
    // Commands find the application of a directory there, and alone this process is in its place.
    ...(as === 'alone' && { listening: (url: string) => file.announce(url) }),
    close: () => {
      file.withdraw();
      internalErrors.guard('shutdown', () => lifecycle.endAll());
      return journal.close();
    },
  };
}

/** What is written, and how it is read. */
type OpenedJournal = Pick<LocalJournal, 'writer' | 'close'> & { readonly store: TraceStore };

function openAlone(dir: string, env: NodeJS.ProcessEnv, url: string | undefined): OpenedJournal {
  if (url !== undefined) {
    throw new TraceCollectorError(
      'OPTION_INVALID',
      `The application at ${url} runs in ${dir}: it indexes the directory and deletes its old traces. Use --record without --alone, or give a directory of its own with --dir.`,
    );
  }
  return openLocalJournal({ dir, durability: 'process', retention: resolveRetention(undefined, true, env) });
}

/** The reader of a plain `serve`, beside a writer. */
async function openBeside(dir: string, warn: (line: string) => void): Promise<OpenedJournal> {
  makePrivateFolder(journalDir(dir));
  const read = await openDirectory(dir);
  for (const problem of read.problems) warn(problem);
  const writer = new JournalWriter({ dir, durability: 'process' });
  const health = async (): Promise<StoreHealth> => {
    const found = await read.health();
    return { ...found, dropped: { ...writer.dropped }, problems: [...writerProblems(writer, dir), ...found.problems] };
  };
  return {
    writer,
    // The reader's capabilities are members of its prototype and of itself.
    store: Object.create(read, { health: { value: health } }) as TraceStore,
    close: () => {
      writer.close();
      return read.close();
    },
  };
}

/** Files of this user in a directory of another one can be neither read nor deleted by its application. */
function checkOwner(dir: string): void {
  const own = process.geteuid?.();
  for (const path of [dir, journalDir(dir)]) {
    const owner = statSync(path, { throwIfNoEntry: false })?.uid;
    if (own === undefined || owner === undefined || owner === own) continue;
    throw new TraceCollectorError(
      'OPTION_INVALID',
      `${path} belongs to user ${owner}, and this process runs as user ${own}: its application could not read what is recorded. ` +
        `Run \`serve --record\` as user ${owner}, or give a directory of its own with --dir.`,
    );
  }
}
