import type { CompareResponse } from '../api/responses.js';
import { ask, denied } from '../api/client.js';
import { duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { CompareWith } from '../parts/compare-with.js';
import { Differences, StepDiffs } from '../parts/step-diff.js';
import { Moment } from '../parts/moment.js';
import { Failure, Loading } from '../parts/notice.js';
import { StatusBadge } from '../parts/status-badge.js';
import { useKeys } from '../state/keys.js';
import { go, traceHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';

const CHOSEN = {
  id: '',
  contact: 'B is the last completed trace before A, of this contact. ',
  route_and_agent: 'B is the last completed trace before A, of the same route and agent. ',
  route: 'B is the last completed trace before A, of the same route. ',
} as const;

/** Two traces step by step. `name` is `<a>..<b>`; `last-ok` as `b` is the last completed one before `a`. */
export function ComparePage({ name }: { name: string }) {
  const at = name.indexOf('..');
  const [a, b] = at < 0 ? [name, 'last-ok'] : [name.slice(0, at), name.slice(at + 2)];
  const { value, error, reload } = useLoad(`compare ${name}`, (abort) => ask('compare', { a, b }, abort));
  useKeys({ Escape: () => go(traceHref(a)) });
  if (error !== undefined && denied.value === undefined) {
    return (
      <>
        <CompareWith a={a} />
        <Failure error={error} retry={reload} />
      </>
    );
  }
  if (!value) return <Loading what="the two traces" />;
  const { counts, differences, steps } = value;
  const delta = value.b.duration_ms - value.a.duration_ms;
  return (
    <>
      <header class="page-header">
        <h1>Compare</h1>
        <CompareWith a={value.a.trace_id} b={value.b} candidates={value.candidates} />
      </header>
      <div class="compare-heads">
        <Head trace={value.a} side="A" />
        <Head trace={value.b} side="B" />
      </div>
      <p class="compare-words">
        {CHOSEN[value.chosen_by]}
        {value.identical ? (
          'The two do not differ.'
        ) : (
          <>
            {counts.removed} {counts.removed === 1 ? 'step' : 'steps'} only in A, {counts.added} only in B,{' '}
            {counts.changed} changed; B took{' '}
            <strong>{delta === 0 ? 'as long' : `${duration(Math.abs(delta))} ${delta > 0 ? 'longer' : 'less'}`}</strong>
            .
          </>
        )}
      </p>
      <StepDiffs key={name} steps={steps} a={value.a.trace_id} b={value.b.trace_id} />
      {differences.length > 0 && (
        <section class="chart">
          <h2>As a whole</h2>
          <Differences differences={differences} />
        </section>
      )}
    </>
  );
}

function Head({ trace, side }: { trace: CompareResponse['a']; side: string }) {
  return (
    <div class="compare-head">
      <p>
        <b>{side}</b> <StatusBadge status={trace.status} /> <Moment at={trace.started_at} /> ·{' '}
        <span class="nowrap">{duration(trace.duration_ms)}</span>
      </p>
      <p>
        <a href={traceHref(trace.trace_id)}>
          <bdi>{oneLine(trace.webhook_message ?? trace.trace_id, 120)}</bdi>
        </a>
      </p>
    </div>
  );
}
