import { ask } from '../api/client.js';
import { byteSize } from '../format/bytes.js';
import { ago, fullTime } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { term } from '../model/search-term.js';
import { searchHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';
import { Bad, DataTable } from './data-table.js';

/** The processes that record into the shared store. Nothing where there is only one. */
export function Instances() {
  const { value } = useLoad('instances', (abort) => ask('instances', {}, abort));
  if (!value || value.count < 2) return null;
  return (
    <section class="chart">
      <h2>Instances</h2>
      <DataTable
        label="Instances"
        head={['Instance', 'State', 'Host', 'Version', 'Last seen', 'Running', 'To ship', 'Lost']}
        texts={5}
        rows={value.instances.map((found) => [
          <>
            <a href={searchHref(term('instance', found.instance))}>{oneLine(found.instance, 60)}</a>
            {found.service !== undefined && <span class="muted"> {oneLine(found.service, 40)}</span>}
          </>,
          <span class={found.state === 'silent' ? 'bad' : undefined}>{found.state}</span>,
          `${oneLine(found.host, 60)}, pid ${found.pid}`,
          oneLine(found.version, 20),
          <span title={fullTime(found.last_seen_at)}>{ago(found.last_seen_at)}</span>,
          found.active_traces.toLocaleString(),
          byteSize(found.lag_bytes),
          <Bad value={found.lost_bytes}>{byteSize(found.lost_bytes)}</Bad>,
        ])}
      />
    </section>
  );
}
