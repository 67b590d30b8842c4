import type { CompareResponse } from '../api/responses.js';
import { clockTime, dayUnlessToday, duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { compareHref, go } from '../state/route.js';

type Compared = CompareResponse['b'];

interface CompareWithProps {
  a: string;
  /** The trace that is compared now. Absent: none was found. */
  b?: Compared;
  candidates?: readonly Compared[];
}

/** Chooses the other trace: one of the completed ones before `a`, or any by its id. */
export function CompareWith({ a, b, candidates = [] }: CompareWithProps) {
  const others = candidates.filter(({ trace_id }) => trace_id !== b?.trace_id);
  return (
    <form
      class="compare-with"
      onSubmit={(event) => {
        event.preventDefault();
        const id = String(new FormData(event.currentTarget).get('id') ?? '').trim();
        if (id !== '') go(compareHref(a, id));
      }}
    >
      {b && others.length > 0 && (
        <select
          aria-label="Compare with another completed trace"
          value={b.trace_id}
          onChange={({ currentTarget }) => go(compareHref(a, currentTarget.value))}
        >
          {[b, ...others].map((trace) => (
            <option key={trace.trace_id} value={trace.trace_id}>
              {words(trace)}
            </option>
          ))}
        </select>
      )}
      <input name="id" aria-label="Compare with the trace of this id" placeholder="Trace id" autocomplete="off" />
      <button type="submit">Compare</button>
    </form>
  );
}

function words({ started_at: at, duration_ms, webhook_message: message, trace_id: id, status }: Compared): string {
  const time = [dayUnlessToday(at), clockTime(at)].filter(Boolean).join(' ');
  return `${time} · ${status} · ${duration(duration_ms)} · ${oneLine(message || id, 50)}`;
}
