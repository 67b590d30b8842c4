import type { FullTraceAnswer, TracesAnswer } from '../api/answers.js';
import { denied, getJson } from '../api/client.js';
import { duration } from '../format/time.js';
import { oneLine, preview } from '../format/visible.js';
import { align } from '../model/align.js';
import type { AlignedStep } from '../model/align.js';
import { traceLog } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import { Icon } from '../parts/icon.js';
import { Moment } from '../parts/moment.js';
import { Failure, Loading } from '../parts/notice.js';
import { StatusBadge } from '../parts/status-badge.js';
import { useKeys } from '../state/keys.js';
import { go, route, setParams, traceHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';

const WORDS = { same: 'same', changed: 'changed', added: 'added', removed: 'removed' } as const;
const SIGNS = { same: ' ', changed: '~', added: '+', removed: '−' } as const;

/** Two traces step by step. `name` is `<a>..<b>`; `last-ok` as `b` is the last one that went well before `a`. */
export function ComparePage({ name }: { name: string }) {
  const { value, error, reload } = useLoad(`compare ${name}`, (abort) => loadBoth(name, abort));
  const onlyChanges = route.value.params.get('only') === 'changes';
  useKeys({ Escape: () => value && go(traceHref(value[0].trace_id)) });
  if (error !== undefined && denied.value === undefined) return <Failure error={error} retry={reload} />;
  if (!value) return <Loading what="the two traces" />;
  const [a, b] = value;
  const steps = align(traceLog(a), traceLog(b));
  const shown = onlyChanges ? steps.filter(({ kind }) => kind !== 'same') : steps;
  const count = (kind: AlignedStep['kind']) => steps.filter((step) => step.kind === kind).length;
  const delta = b.duration_ms - a.duration_ms;
  return (
    <>
      <header class="page-header">
        <h1>Compare</h1>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyChanges}
            onChange={({ currentTarget }) => setParams({ only: currentTarget.checked ? 'changes' : undefined })}
          />{' '}
          only what differs
        </label>
      </header>
      <div class="compare-heads">
        <Head trace={a} side="A" />
        <Head trace={b} side="B" />
      </div>
      <p class="compare-words">
        {count('removed')} only in A, {count('added')} only in B, {count('changed')} changed; B took{' '}
        <strong>{delta === 0 ? 'as long' : `${duration(Math.abs(delta))} ${delta > 0 ? 'longer' : 'less'}`}</strong>.
      </p>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Steps">
        <table class="compare">
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">What changed</span>
              </th>
              <th scope="col">Step</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((step, index) => (
              <Row key={index} step={step} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p class="muted">The two do not differ.</p>}
    </>
  );
}

function Head({ trace, side }: { trace: FullTraceAnswer; side: string }) {
  return (
    <div class="compare-head">
      <p>
        <b>{side}</b> <StatusBadge status={trace.status} /> <Moment at={trace.started_at} /> ·{' '}
        {duration(trace.duration_ms)}
      </p>
      <p>
        <a href={traceHref(trace.trace_id)}>
          <bdi>{oneLine(trace.webhook_message ?? trace.trace_id, 120)}</bdi>
        </a>
      </p>
    </div>
  );
}

function Row({ step: { kind, a, b } }: { step: AlignedStep }) {
  const entry = (a ?? b) as LogEntry;
  const [before, after] = [a?.event.duration_ms ?? null, b?.event.duration_ms ?? null];
  const delta = before !== null && after !== null ? after - before : null;
  return (
    <tr class={`step-${kind}`}>
      <td class="compare-sign">
        <span aria-hidden="true">{SIGNS[kind]}</span>{' '}
        <span class={kind === 'same' ? 'sr-only' : ''}>{WORDS[kind]}</span>
      </td>
      <th scope="row" style={{ paddingLeft: `${8 + Math.min(entry.depth, 8) * 14}px` }}>
        <Icon name={entry.kind} /> {oneLine(entry.label, 40)}{' '}
        <span class="muted">{oneLine(entry.event.name ?? (entry.kind === 'route' ? entry.title : ''), 60)}</span>
      </th>
      <td>{a && <Cell entry={a} />}</td>
      <td>{b && <Cell entry={b} />}</td>
      <td class={delta !== null && Math.abs(delta) >= 100 ? 'number strong' : 'number'}>
        {delta === null ? '' : `${delta < 0 ? '−' : '+'}${duration(Math.abs(delta))}`}
      </td>
    </tr>
  );
}

function Cell({ entry: { event, title } }: { entry: LogEntry }) {
  return (
    <>
      {event.duration_ms !== null && <b>{duration(event.duration_ms)} </b>}
      <span class="muted">{event.name === null && title !== '' ? oneLine(title, 100) : preview(event.data, 100)}</span>
    </>
  );
}

async function loadBoth(name: string, abort: AbortSignal): Promise<[FullTraceAnswer, FullTraceAnswer]> {
  const at = name.indexOf('..');
  const [first, second] = at < 0 ? [name, 'last-ok'] : [name.slice(0, at), name.slice(at + 2)];
  const load = (id: string) => getJson<FullTraceAnswer>(`trace/${encodeURIComponent(id)}`, {}, abort);
  if (second !== 'last-ok') return Promise.all([load(first), load(second)]);
  const a = await load(first);
  const { traces } = await getJson<TracesAnswer>(
    'traces',
    { status: 'completed', until: a.started_at, limit: 50 },
    abort,
  );
  const others = traces.filter(({ trace_id }) => trace_id !== a.trace_id);
  const good = others.find(({ contact_id }) => contact_id === a.contact_id) ?? others[0];
  if (!good) throw new Error('No trace that went well is older than this one, so there is nothing to compare it with.');
  return [a, await load(good.trace_id)];
}
