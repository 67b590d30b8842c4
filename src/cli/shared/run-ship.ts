import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { delay } from '../../../libs/trace/src/model/timers.js';
import {
  type ShipDirectoryOptions,
  type ShipProgress,
  shipDirectory,
} from '../../../libs/trace/src/ship-worker/ship-directory.js';
import { shownTarget, type SharedTarget } from '../../../libs/trace/src/store/shared-target.js';
import { bytes } from '../../../libs/trace/src/views/text/bytes.js';
import { countOf } from '../../../libs/trace/src/views/text/durations.js';
import { CliError, Exit, usageError } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { neededTarget } from './store-setting.js';

/** Options of the command. */
export interface ShipOptions {
  follow?: boolean;
  instance?: string;
  service?: string;
  /** In milliseconds. */
  maxAge?: number;
  errorMaxAge?: number;
}

/** Milliseconds between two lines about the progress. */
const PROGRESS_MS = 2_000;
/** Bytes behind a writer at which it is worth a line, and below which it counts as caught up. */
const BEHIND_BYTES = 4 * 1024 * 1024;
const CAUGHT_UP_BYTES = 256 * 1024;
/** Milliseconds between two looks for a directory or a database that is not there yet. */
const RETRY_MS = 2_000;
/** Time to ship the rest after a signal, in milliseconds. */
const GRACE_MS = 10_000;

export async function runShip(cli: Cli, options: ShipOptions): Promise<void> {
  const { settings, signal } = cli;
  if (settings.url.origin === 'flag') throw usageError('ship reads a directory, not a server: give --dir');
  const target = neededTarget(settings, 'ship');
  const dir = resolve(settings.dir.value);
  if (options.errorMaxAge !== undefined && options.maxAge === undefined) throw usageError('give --max-age, too');
  if (options.maxAge !== undefined && !options.follow) throw usageError('--max-age works with --follow only');
  if (!options.follow) {
    if (!hasJournal(dir)) throw noTraces(dir);
    await report(cli, dir, target, await ship(cli, dir, target, options));
    return;
  }
  // The rest is shipped after the signal, before the program exits.
  const following = follow(cli, dir, target, options);
  cli.runsUntilStopped(GRACE_MS, () => following.catch(() => undefined));
  const last = await following;
  if (last && !signal.aborted) await report(cli, dir, target, last);
}

/** A sidecar may be started before the application has written and before the database is up. */
async function follow(
  cli: Cli,
  dir: string,
  target: SharedTarget,
  options: ShipOptions,
): Promise<ShipProgress | undefined> {
  const once = onChange((text) => cli.notice(text));
  while (!hasJournal(dir)) {
    await once(`Waiting for traces in ${dir}`);
    if (!(await pause(cli.signal))) return undefined;
  }
  for (;;) {
    try {
      await once(`Shipping ${dir} to ${shownTarget(target)} (Ctrl-C ends it)`);
      return await ship(cli, dir, target, options);
    } catch (error) {
      if (!(error instanceof TraceCollectorError) || error.code !== 'STORE_UNAVAILABLE') throw error;
      await once(`${error.message} Waiting for it.`);
      if (!(await pause(cli.signal))) return undefined;
    }
  }
}

function ship(cli: Cli, dir: string, target: SharedTarget, options: ShipOptions): Promise<ShipProgress> {
  const problem = onChange((text) => cli.notice(text));
  let last = Date.now();
  let isBehind = true;
  const onProgress = (progress: ShipProgress): void => {
    if (progress.error !== null) return void problem(`${progress.error} Waiting for it.`);
    const lag = progress.bytes - progress.shippedBytes;
    isBehind = lag > (isBehind ? CAUGHT_UP_BYTES : BEHIND_BYTES);
    if (!isBehind || Date.now() - last < PROGRESS_MS) return;
    last = Date.now();
    void cli.notice(progressText(progress));
  };
  const { maxAge, errorMaxAge, ...rest } = options;
  return shipDirectory({ ...rest, ...keeping(maxAge, errorMaxAge), dir, target, signal: cli.signal, onProgress });
}

/** Failed traces are kept for as long as the others at least. */
function keeping(maxAgeMs: number | undefined, errorMaxAgeMs = 0): Pick<ShipDirectoryOptions, 'retention'> {
  if (maxAgeMs === undefined) return {};
  return { retention: { maxAgeMs, errorMaxAgeMs: Math.max(maxAgeMs, errorMaxAgeMs), maxBytes: undefined } };
}

function progressText({ bytes: all, shippedBytes, bytesPerSecond, traces }: ShipProgress): string {
  return `${bytes(shippedBytes)} of ${bytes(all)}, ${bytes(bytesPerSecond)}/s, ${countOf(traces, 'trace')}`;
}

async function report(cli: Cli, dir: string, target: SharedTarget, last: ShipProgress): Promise<void> {
  const store = shownTarget(target);
  const { bytes: all, shippedBytes, traces, lostBytes } = last;
  const lost = lostBytes > 0 ? ` ${bytes(lostBytes)} were deleted before they were shipped.` : '';
  const text =
    traces === 0
      ? `${store} has all ${bytes(shippedBytes)} of ${dir} already.${lost}`
      : `Shipped ${countOf(traces, 'trace')} of ${dir} to ${store}; it has ${bytes(shippedBytes)} of ${bytes(all)}.${lost}`;
  const answer = { store, dir, traces, bytes: all, shipped_bytes: shippedBytes, lost_bytes: lostBytes };
  await cli.printAs(answer, () => text);
}

function hasJournal(dir: string): boolean {
  return existsSync(join(dir, 'journal'));
}

function noTraces(dir: string): CliError {
  return new CliError(
    'NO_DIRECTORY',
    Exit.noSource,
    `There are no traces in ${dir}. Name the application's storage directory with --dir, or give --follow to wait for them.`,
  );
}

/** `false`: the program is to end. */
async function pause(signal: AbortSignal): Promise<boolean> {
  if (!signal.aborted) await delay(RETRY_MS);
  return !signal.aborted;
}

/** Passes a text on unless it is the one before. */
function onChange(print: (text: string) => Promise<void>): (text: string) => Promise<void> {
  let before: string | undefined;
  return async (text) => {
    if (text === before) return;
    before = text;
    await print(text);
  };
}
