import { duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { hops } from '../model/routing.js';
import type { LogEntry } from '../model/trace-log.js';
import { Breadcrumb } from './breadcrumb.js';

/** The hand-overs between agents, and their reasons. */
export function RouteTab({ log }: { log: readonly LogEntry[] }) {
  const taken = hops(log);
  const [first] = taken;
  if (!first) return <p class="muted">Nothing was routed in this trace.</p>;
  const way = taken.reduce(
    (path, { from, to }) => [...path, ...(path.at(-1) === from ? [to] : [from, to])],
    [] as string[],
  );
  const loops = taken.filter(({ round }) => round > 1).length;
  return (
    <>
      <p class="route-large">
        <Breadcrumb route={way.join(' → ')} />
      </p>
      {loops > 0 && (
        <p class="notice notice-error">
          The same hand-over happened again {loops} time{loops === 1 ? '' : 's'}: this is a loop.
        </p>
      )}
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Hand-overs">
        <table>
          <thead>
            <tr>
              <th scope="col">After</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">Reason</th>
              <th scope="col">Candidates</th>
              <th scope="col">Taken</th>
            </tr>
          </thead>
          <tbody>
            {taken.map(({ from, to, reason, candidates, offset, round }, index) => (
              <tr key={index}>
                <td>{duration(Math.max(0, offset))}</td>
                <td>{oneLine(from, 60)}</td>
                <td>{oneLine(to, 60)}</td>
                <td>{oneLine(reason, 200) || '–'}</td>
                <td>{oneLine(candidates, 200) || '–'}</td>
                <td>{round > 1 ? <b class="loop">time {round}</b> : 'once'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
