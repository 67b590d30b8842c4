import { hostname } from 'node:os';
import { packageVersion } from '../../model/package-version.js';
import type { RecordWriter } from '../../pipeline/record-consumer.js';
import type { ShipSource } from '../ship-target.js';

/** Names of an instance, as its options have them. */
export interface InstanceName {
  instance: string;
  service?: string | undefined;
}

/**
 * A process as the shared store knows it. The name of an instance is in no segment: other processes of the directory that ran
 * on this host have this one's, those of other hosts that of their host.
 */
export function sourceOf(writer: RecordWriter, { instance, service }: InstanceName, isOwn: boolean): ShipSource {
  const { id, host, pid, version = packageVersion() } = writer;
  return {
    writer: id,
    instance: isOwn || host === hostname() ? instance : host,
    ...(service !== undefined && { service }),
    host,
    pid,
    version,
    isOwn,
  };
}
