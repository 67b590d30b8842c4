import { ask } from '../api/client.js';
import { byteSize } from '../format/bytes.js';
import { ago, fullTime } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { term } from '../model/search-term.js';
import { searchHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';

/** The processes that record into the shared store. Nothing where there is only one. */
export function Instances() {
  const { value } = useLoad('instances', (abort) => ask('instances', {}, abort));
  if (!value || value.count < 2) return null;
  return (
    <section class="chart">
      <h2>Instances</h2>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Instances">
        <table>
          <thead>
            <tr>
              {['Instance', 'State', 'Host', 'Version', 'Last seen', 'Running', 'To ship', 'Lost'].map((name) => (
                <th key={name} scope="col" class={NUMBERS.includes(name) ? 'number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {value.instances.map((found) => (
              <tr key={`${found.host} ${found.pid} ${found.started_at}`}>
                <th scope="row">
                  <a href={searchHref(term('instance', found.instance))}>{oneLine(found.instance, 60)}</a>
                  {found.service !== undefined && <span class="muted"> {oneLine(found.service, 40)}</span>}
                </th>
                <td class={found.state === 'silent' ? 'bad' : undefined}>{found.state}</td>
                <td>
                  {oneLine(found.host, 60)}, pid {found.pid}
                </td>
                <td>{oneLine(found.version, 20)}</td>
                <td title={fullTime(found.last_seen_at)}>{ago(found.last_seen_at)}</td>
                <td class="number">{found.active_traces.toLocaleString()}</td>
                <td class="number">{byteSize(found.lag_bytes)}</td>
                <td class={found.lost_bytes > 0 ? 'number bad' : 'number'}>{byteSize(found.lost_bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const NUMBERS = ['Running', 'To ship', 'Lost'];
