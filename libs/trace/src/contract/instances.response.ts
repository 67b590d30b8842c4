/** A process that records traces. */
export interface InstanceDto {
  /** Name of the instance: option `storage.instance`, by default the host's name. */
  instance: string;
  /** Name of the service: option `storage.service`. Absent: none. */
  service?: string;
  /** Name of the host. */
  host: string;
  /** Process id on that host. */
  pid: number;
  /** Version of this package in it. */
  version: string;
  /** `live`: it gave a sign of life in the last minute; `silent`: it did not; `closed`: it was shut down. */
  state: 'live' | 'silent' | 'closed';
  /** First sign of life: ISO 8601, UTC. */
  started_at: string;
  /** Last sign of life: ISO 8601, UTC. */
  last_seen_at: string;
  /** Bytes of its journal that were not in the shared store at `last_seen_at`; 0 without a shared store. */
  lag_bytes: number;
  /** Bytes that were deleted before they were in the shared store, because its spool was full. */
  lost_bytes: number;
  /** Number of records that were dropped, by cause. */
  dropped: Record<string, number>;
  /** Number of traces that it recorded and that run now. */
  active_traces: number;
}

/** The processes that record into the store, the newest first. Without a shared store, this process. */
export interface InstancesResponse extends Degradable {
  /** Number of instances. */
  count: number;
  /** The instances, the newest first. */
  instances: InstanceDto[];
}

/** An answer over many traces. */
export interface Degradable {
  /**
   * A sentence: the shared store did not answer, so traces of other instances are missing; or the index is behind the
   * journal, so the newest traces may be missing. Absent: none are.
   */
  degraded?: string;
}
