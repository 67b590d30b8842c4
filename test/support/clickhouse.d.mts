/** A ClickHouse in a temporary directory: the engine of the npm package `chdb` behind HTTP, in a process of its own. */
export class ClickHouseServer {
  /** Why no server can run here; `undefined`: one can. */
  static get missing(): string | undefined;
  static start(): Promise<ClickHouseServer>;
  /** Folder of the server. */
  readonly dir: string;
  get url(): string;
  /** Folder of the data files. */
  get data(): string;
  /** Microseconds of CPU that the server has used. */
  get cpuUs(): number;
  /** Starts the server again after `stop`. */
  run(): Promise<void>;
  /** Ends the server; `SIGKILL` as a crash does. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the server and removes its data. */
  close(): Promise<void>;
  /** Runs one statement. Returns its rows. */
  query<T = Record<string, unknown>>(statement: string): Promise<T[]>;
}
