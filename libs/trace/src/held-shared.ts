import { hostname } from 'node:os';
import { packageVersion } from './model/package-version.js';
import { clearInterval, setInterval } from './model/timers.js';
import type { ZonedStamp } from './model/trace-id.js';
import { clockTime } from './shared/degraded.js';
import { eraseHere } from './shared/erase-here.js';
import { SharedStore, type SelfInstance } from './shared/shared-store.js';
import type { Shipper } from './shared/shipper.js';
import { unavailableShipper, unavailableStore } from './shared/unavailable.js';
import type { LocalJournal } from './store/embedded/embedded-store.js';
import { shownTarget } from './store/shared-target.js';
import type { ResolvedShared } from './store/storage.options.js';
import { openSharedReader } from './targets/shared-readers.js';

/** Milliseconds between two looks at whether the shared store takes records. */
const LOOK_MS = 1_000;
/** Looks after which an outage is logged. */
const PATIENCE = 2;

/** Where lines for the application's log go. */
interface HoldLog {
  log: (line: string) => void;
  warn: (line: string) => void;
}

export interface HeldShared {
  store: SharedStore;
  /** This process as a list of instances shows it. */
  own: SelfInstance;
  /** The shared store for people, without its password. */
  shown: string;
  /** Ships the rest of the journal, which must be sealed. */
  ship(): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

export interface HeldSharedOptions {
  shared: ResolvedShared;
  local: LocalJournal;
  zone: ZonedStamp;
  /** Receives one line when the shared store goes out of reach, and one when it is back. */
  lines: HoldLog;
  /** Starts the thread that ships. */
  openShipper: () => Shipper;
}

/** Opens the shared store of an application. Does not throw: a fault is in `health`, and the journal records meanwhile. */
export function holdShared({ shared, local, zone, lines, openShipper }: HeldSharedOptions): HeldShared {
  const { target, instance, service, keepLocalMs, closeMs } = shared;
  const shown = shownTarget(target);
  const own: SelfInstance = {
    instance,
    ...(service !== undefined && { service }),
    host: hostname(),
    pid: process.pid,
    version: packageVersion(),
    // Opens the first segment: a process is an instance of the shared store also before its first webhook.
    writer: local.writer.writer.id,
  };
  const shipper = orElse(openShipper, unavailableShipper);
  const remote = orElse(() => openSharedReader(target), unavailableStore);
  const timeOf = clockTime((micros) => zone.at(micros));
  const position = (): ReturnType<LocalJournal['writer']['position']> => local.writer.position();
  const kind = target.kind;
  const store = new SharedStore({
    local: local.store,
    remote,
    shipper,
    position,
    self: own,
    kind,
    shown,
    keepLocalMs,
    timeOf,
  });
  shipper.onErasure((erasure) => eraseHere(local.store, erasure));
  const stopLog = logOutages(shipper, shown, lines);
  return {
    store,
    own,
    shown,
    ship: () => {
      stopLog();
      return shipper.close(closeMs);
    },
    close: () => store.close(),
  };
}

/** Logs an outage once, when it has lasted for two looks, and its end. Returns the function that stops it. */
function logOutages(shipper: Shipper, shown: string, { log, warn }: HoldLog): () => void {
  let looks = 0;
  const timer = setInterval(() => {
    const { connected, lastError, lagBytes } = shipper.state;
    if (connected) {
      if (looks >= PATIENCE) log(`The shared store ${shown} takes records again; ${lagBytes} bytes are being shipped.`);
      looks = 0;
      return;
    }
    looks += 1;
    if (looks === PATIENCE)
      warn(`${outageWords(shown, lastError)} Records wait in the directory, and nothing is lost.`);
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
}

function outageWords(shown: string, reason: string | null): string {
  return `The shared store ${shown} takes no records${reason === null ? '' : `: ${reason.replace(/[.\s]+$/, '')}`}.`;
}

function orElse<T>(open: () => T, otherwise: (reason: unknown) => T): T {
  try {
    return open();
  } catch (error) {
    return otherwise(error);
  }
}
