import { useMemo, useRef, useState } from 'preact/hooks';
import type { EventDto, FullTraceResponse } from '../api/responses.js';
import { ask, denied, hasCode } from '../api/client.js';
import { restoreValues } from '../model/restore-values.js';
import { MissingTrace } from '../parts/missing-trace.js';
import { Failure, Loading } from '../parts/notice.js';
import { TraceView } from '../parts/trace-view.js';
import { useKeys } from '../state/keys.js';
import { LargeValues, LargeValuesOf, briefTrace, wholeTrace } from '../state/large-values.js';
import { listHref } from '../state/live-list.js';
import { compareHref, go } from '../state/route.js';
import { useLoad } from '../state/use-load.js';
import { useRefresh, useStream } from '../state/use-stream.js';

const NONE: ReadonlyMap<number, EventDto> = new Map();

/** One trace. While it runs, its events come from the stream. After an error and at the end it is loaded again. */
export function TracePage({ id }: { id: string }) {
  const asked = useRef(false);
  /** The first response for a trace with very many events. */
  const [brief, setBrief] = useState<FullTraceResponse>();
  const { value, error, reload } = useLoad(
    `trace ${id}`,
    async (abort) => {
      if (asked.current) return ask(...wholeTrace(id), abort);
      asked.current = true;
      const first = await ask(...briefTrace(id), abort);
      if (first.left_out === undefined) return first;
      setBrief(first);
      // Later: it would compete with the rendering of the first response.
      await new Promise((resolve) => setTimeout(resolve, LATER_MS));
      return ask(...wholeTrace(id), abort);
    },
    hasEnded,
  );
  const [fresh, setFresh] = useState<{ of: FullTraceResponse | undefined; events: ReadonlyMap<number, EventDto> }>({
    of: undefined,
    events: NONE,
  });
  const own = (value ?? brief)?.trace_id;
  useStream({
    messages: (messages) => {
      if (!value) return;
      const added = messages.flatMap((message) =>
        message.type === 'trace.event' && message.data.trace_id === own ? [message.data.event] : [],
      );
      if (added.length === 0) return;
      setFresh((before) => {
        const events = new Map(before.of === value ? before.events : NONE);
        for (const event of added) events.set(event.seq, event);
        return { of: value, events };
      });
    },
    // `useRefresh` asks again.
    resync: () => undefined,
  });
  useRefresh(
    (message) =>
      message.type === 'trace.event'
        ? message.data.trace_id === own && message.data.event.type === 'error'
        : message.data.trace_id === (own ?? id),
    () => {
      if (value === undefined || !hasEnded(value)) reload();
    },
  );
  useKeys({
    c: () => own !== undefined && go(compareHref(own, 'last-ok')),
    Escape: () => go(listHref(own)),
  });
  const trace = useMemo(
    () => (value && fresh.of === value && fresh.events.size > 0 ? withEvents(value, fresh.events) : (value ?? brief)),
    [value, fresh, brief],
  );
  const large = useMemo(() => new LargeValues(own ?? id), [own ?? id]);
  const known = large.known.value;
  const filled = useMemo(() => trace && restoreValues(trace, known, large), [trace, known, large]);
  if (filled) {
    return (
      <LargeValuesOf value={large}>
        <TraceView trace={filled.trace} missing={filled.missing} />
      </LargeValuesOf>
    );
  }
  if (hasCode(error, 'TRACE_NOT_FOUND')) return <MissingTrace id={id} />;
  if (error !== undefined && denied.value === undefined) return <Failure error={error} retry={reload} />;
  return <Loading what="the trace" />;
}

const LATER_MS = 150;

/** An ended trace does not change. */
const hasEnded = ({ status }: FullTraceResponse) => status !== 'active';

/** A span arrives twice: at its start, and with its duration at its end. */
function withEvents(trace: FullTraceResponse, fresh: ReadonlyMap<number, EventDto>): FullTraceResponse {
  const known = new Set(trace.events.map(({ seq }) => seq));
  const events = trace.events.map((event) => fresh.get(event.seq) ?? event);
  const added = [...fresh.values()].filter(({ seq }) => !known.has(seq));
  const last = [...fresh.values()].reduce((most, { timestamp }) => Math.max(most, Date.parse(timestamp)), 0);
  return {
    ...trace,
    // Events of the stream are whole.
    omitted: trace.omitted?.filter(({ seq, path }) => path[0] !== 'event' || !fresh.has(seq)),
    events: [...events, ...added],
    // Late events change no duration.
    duration_ms: hasEnded(trace) ? trace.duration_ms : Math.max(trace.duration_ms, last - Date.parse(trace.started_at)),
  };
}
