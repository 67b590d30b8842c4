import { ask } from '../api/client.js';
import { contactHref, traceHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';
import { Failure, Loading } from './notice.js';
import { TraceRows } from './trace-rows.js';

/** Rows below a group; the list of traces has the rest. */
const SHOWN = 20;

/** The traces with an error of a group, newest first. */
export function ErrorGroupTraces({ fingerprint, since }: { fingerprint: string; since: string }) {
  const { value, error, reload } = useLoad(`${fingerprint} ${since}`, (abort) =>
    ask('traces', { fingerprint, since, limit: SHOWN }, abort),
  );
  if (!value) return error === undefined ? <Loading what="traces" /> : <Failure error={error} retry={reload} />;
  return (
    <>
      <TraceRows
        rows={value.traces}
        label="Traces with this error, newest first"
        hrefOf={({ trace_id }) => traceHref(trace_id)}
        contactHrefOf={({ contact_id }) => contactHref(contact_id)}
      />
      {value.next !== null && <p class="hint">The newest {SHOWN} are shown.</p>}
    </>
  );
}
