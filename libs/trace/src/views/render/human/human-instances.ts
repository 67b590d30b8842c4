import type { InstanceDto, InstancesResponse } from '../../../contract/responses.js';
import { countOf } from '../../text/durations.js';
import { bytes } from '../../text/bytes.js';
import { localTime } from './human-page.js';
import type { Page } from './human-page.js';
import { table } from './table.js';
import type { Column } from './table.js';

/** A table of the processes that record traces. */
export function instanceLines({ instances }: InstancesResponse, page: Page): string[] {
  if (instances.length === 0) return ['No instance has recorded traces yet.'];
  const columns: Column<InstanceDto>[] = [
    { title: 'INSTANCE', of: ({ instance }) => instance, shrinkTo: 12 },
    { title: 'STATE', of: ({ state }) => state, paint: (cell, { state }) => painted(state, cell, page) },
    { title: 'HOST', of: ({ host, pid }) => `${host}, pid ${pid}`, shrinkTo: 12 },
    { title: 'VERSION', of: ({ version }) => version },
    { title: 'STARTED', of: ({ started_at }) => localTime(started_at, page) },
    { title: 'LAST SEEN', of: ({ last_seen_at }) => localTime(last_seen_at, page) },
    { title: 'RUNNING', of: ({ active_traces }) => String(active_traces), align: 'right' },
    { title: 'TO SHIP', of: ({ lag_bytes }) => bytes(lag_bytes), align: 'right' },
    { title: 'LOST', of: ({ lost_bytes, dropped }) => lostWords(lost_bytes, dropped) },
  ];
  if (instances.some(({ service }) => service !== undefined)) {
    columns.splice(1, 0, { title: 'SERVICE', of: ({ service }) => service ?? '–', shrinkTo: 10 });
  }
  return table(columns, instances, { width: page.width, paintTitle: page.ansi.dim });
}

function painted(state: InstanceDto['state'], cell: string, { ansi }: Page): string {
  if (state === 'live') return ansi.green(cell);
  return state === 'silent' ? ansi.yellow(cell) : ansi.dim(cell);
}

/** Bytes that the shared store never got, and records that were not written. */
export function lostWords(lostBytes: number, dropped: Readonly<Record<string, number>>): string {
  const records = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const words = [...(lostBytes > 0 ? [bytes(lostBytes)] : []), ...(records > 0 ? [countOf(records, 'record')] : [])];
  return words.length === 0 ? 'nothing' : words.join(', ');
}
