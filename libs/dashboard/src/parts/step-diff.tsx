import { useState } from 'preact/hooks';
import type { StepDifference } from '../api/responses.js';
import { duration } from '../format/time.js';
import { oneLine, preview } from '../format/visible.js';
import { describe } from '../model/trace-log.js';
import { traceHref } from '../state/route.js';
import { Icon } from './icon.js';
import { withoutMark } from './marked-line.js';

const WORDS: Record<StepDifference['change'], string> = {
  same: 'same',
  added: '+ added',
  removed: '− removed',
  changed: '~ changed',
  slower: '~ slower',
  faster: '~ faster',
};

interface StepDiffProps {
  step: StepDifference;
  /** Ids of the two traces. */
  a: string;
  b: string;
}

interface StepDiffsProps extends Omit<StepDiffProps, 'step'> {
  steps: readonly StepDifference[];
}

/** All steps of two traces: what differs is open, and equal steps in a row are one line with their number. */
export function StepDiffs({ steps, a, b }: StepDiffsProps) {
  /** Positions of the first steps of the runs that the reader opened. */
  const [opened, setOpened] = useState<readonly number[]>([]);
  const rows = [];
  for (let at = 0; at < steps.length; at += 1) {
    let end = at;
    while (steps[end]?.change === 'same') end += 1;
    if (end > at && !opened.includes(at)) {
      const first = at;
      const count = end - at;
      rows.push(
        <li key={first} class="diff-equal">
          <button type="button" class="quiet" aria-expanded={false} onClick={() => setOpened([...opened, first])}>
            <Icon name="chevron" />
            {count.toLocaleString()} equal {count === 1 ? 'step' : 'steps'}
          </button>
        </li>,
      );
      at = end - 1;
    } else {
      // Of an opened run all steps at once: its second step is no run of its own.
      for (const last = Math.max(end, at + 1); at < last; at += 1)
        rows.push(<StepDiff key={at} step={steps[at] as StepDifference} a={a} b={b} />);
      at -= 1;
    }
  }
  return (
    <ol class="compare" aria-label="Steps">
      {rows}
    </ol>
  );
}

/** One step of two traces: its change, its duration in each, and the differences in its data. */
function StepDiff({ step, a, b }: StepDiffProps) {
  const { kind, name, change, differences, more_differences: more } = step;
  // Described as an event without data: the kind and the name are all that both sides share.
  const { label, kind: icon } = describe({
    seq: 0,
    timestamp: '',
    type: kind,
    name,
    span_id: name === null ? null : '-',
    parent_span_id: null,
    duration_ms: null,
    data: null,
  });
  const delta =
    typeof step.a?.duration_ms === 'number' && typeof step.b?.duration_ms === 'number'
      ? step.b.duration_ms - step.a.duration_ms
      : undefined;
  const took = [step.a, step.b].flatMap((side) =>
    typeof side?.duration_ms === 'number' ? [duration(side.duration_ms)] : [],
  );
  return (
    <li class={`diff diff-${change}`}>
      <span class="diff-change">{WORDS[change]}</span>
      <span class="diff-what">
        <Icon name={icon} />
        <b>{oneLine(label, 60)}</b>
        {name !== null && <bdi>{oneLine(name, 100)}</bdi>}
        <span class="muted">
          {step.a && <a href={traceHref(a, { e: String(step.a.seq) })}>A</a>}{' '}
          {step.b && <a href={traceHref(b, { e: String(step.b.seq) })}>B</a>}
        </span>
      </span>
      <span class="number">
        {took.join(' → ')}
        {delta !== undefined && step.pace !== null && (
          <strong class={step.pace === 'slower' ? 'bad' : undefined}>
            {' '}
            {delta < 0 ? '−' : '+'}
            {duration(Math.abs(delta))}
          </strong>
        )}
      </span>
      {differences.length > 0 && (
        <div class="diff-values">
          <Differences differences={differences} />
          {more > 0 && <p class="muted">{more} more differences are not shown.</p>}
        </div>
      )}
    </li>
  );
}

export function Differences({ differences }: { differences: StepDifference['differences'] }) {
  return (
    <dl class="diff-values">
      {differences.map(({ path, a, b }) => (
        <div key={path}>
          <dt>{oneLine(path, 120) || 'whole value'}</dt>
          <dd data-side="A">
            <Side value={a} />
          </dd>
          <dd data-side="B">
            <Side value={b} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Side({ value }: { value: unknown }) {
  if (value === undefined) return <i class="muted">nothing</i>;
  return (
    <bdi>{typeof value === 'string' ? oneLine(withoutMark(value), 160) || '""' : preview(value, 160) || 'null'}</bdi>
  );
}
