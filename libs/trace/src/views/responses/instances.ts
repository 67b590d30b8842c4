import type { StoreInstance } from '../../model/health.js';
import { isoMicros } from '../../model/trace-id.js';
import type { InstanceDto, InstancesResponse } from '../../contract/responses.js';

/** The answer to `instances`. */
export function instancesResponse(instances: readonly StoreInstance[]): InstancesResponse {
  return { count: instances.length, instances: instances.map(instanceDto) };
}

function instanceDto(found: StoreInstance): InstanceDto {
  return {
    instance: found.instance,
    ...(found.service !== undefined && { service: found.service }),
    host: found.host,
    pid: found.pid,
    version: found.version,
    state: found.state,
    started_at: isoMicros(found.startedAt),
    last_seen_at: isoMicros(found.seenAt),
    lag_bytes: found.lagBytes,
    lost_bytes: found.lostBytes,
    dropped: { ...found.dropped },
    active_traces: found.activeTraces,
  };
}
