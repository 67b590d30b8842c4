import type { ConversationTurn } from '../api/responses.js';
import { fullTime } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { traceHref } from '../state/route.js';

/** The lead score and the agent over time, as columns that are links: a picture and a table in one. */
export function ScoreStrip({ turns }: { turns: readonly ConversationTurn[] }) {
  const scored = turns.filter(({ lead_score }) => lead_score !== null);
  if (scored.length === 0) return null;
  const most = scored.reduce((max, { lead_score }) => Math.max(max, lead_score ?? 0), 10);
  return (
    <section class="score" aria-label="Score and agent over time">
      <h2>Score and agent over time</h2>
      <ol class="score-columns" tabIndex={0}>
        {scored.map(({ trace, lead_score, agent }) => (
          <li key={trace.trace_id}>
            <a href={traceHref(trace.trace_id)} title={fullTime(trace.started_at)}>
              <svg viewBox="0 0 10 40" preserveAspectRatio="none" aria-hidden="true">
                <rect
                  class="bar"
                  x="0"
                  width="10"
                  y={40 - Math.max(1, ((lead_score ?? 0) / most) * 40)}
                  height={Math.max(1, ((lead_score ?? 0) / most) * 40)}
                />
              </svg>
              <b>{lead_score}</b>
              <span>{agent === null ? '–' : oneLine(agent, 16)}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
