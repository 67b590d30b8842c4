import { modelFacts } from '../model/call-facts.js';
import { isSpan } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import { Icon } from './icon.js';

/** The types of the bars that are shown, each with its colour, icon and word, and the other marks of a bar. */
export function StepLegend({ log }: { log: readonly LogEntry[] }) {
  const spans = log.filter(({ event }) => isSpan(event));
  const types = new Map(spans.map(({ kind, label }) => [kind, label]));
  if (types.size === 0) return null;
  return (
    <ul class="legend" aria-label="Legend">
      {[...types].map(([kind, label]) => (
        <li key={kind}>
          <span class={`swatch type-${kind}`} />
          <Icon name={kind} />
          {label}
        </li>
      ))}
      <li>
        <span class="swatch parallel" />
        pale: beside the critical path
      </li>
      {spans.some(({ failed }) => failed) && (
        <li>
          <span class="swatch failed" />
          failed
        </li>
      )}
      {spans.some(({ event }) => modelFacts(event).firstToken !== undefined) && (
        <li>
          <span class="swatch token" />
          first token
        </li>
      )}
    </ul>
  );
}
