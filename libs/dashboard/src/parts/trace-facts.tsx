import type { ComponentChildren } from 'preact';
import type { FullTraceResponse } from '../api/responses.js';
import { duration } from '../format/time.js';
import { usageWords } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { modelsOf } from '../model/call-facts.js';
import { term } from '../model/search-term.js';
import { searchHref, traceHref } from '../state/route.js';
import { Breadcrumb } from './breadcrumb.js';
import { repliedIn } from './linked-traces.js';

/** Reply, route, score, models, webhook, caller and instance. The hints name what failed. */
export function TraceFacts({ trace }: { trace: FullTraceResponse }) {
  const { summary, webhook } = trace;
  const replied = reply(trace);
  return (
    <dl class="facts">
      {replied && (
        <Fact name="Reply" look={summary.message_sent || repliedIn(trace) ? 'fact-main fact-good' : 'fact-main'}>
          {replied}
        </Fact>
      )}
      {summary.routing_path !== undefined && (
        <Fact name="Route">
          <Breadcrumb route={routeOf(summary.routing_path)} />
        </Fact>
      )}
      {summary.lead_score !== undefined && (
        <Fact name="Score">
          {summary.lead_score}
          {summary.previous_score !== undefined && <span class="muted"> before: {summary.previous_score}</span>}
        </Fact>
      )}
      <ModelCalls trace={trace} />
      <Fact name="Webhook">
        {webhook.method === null
          ? (webhook.type ?? 'no request')
          : `${webhook.method} ${oneLine(webhook.path ?? '', 60)}`}
        {webhook.route !== undefined && webhook.route !== webhook.path?.split('?', 1)[0] && (
          <span class="muted"> {oneLine(webhook.route, 60)}</span>
        )}
        {webhook.status_code !== null && (
          <span class="muted">
            {' '}
            {webhook.status_code}
            {webhook.acknowledged_ms !== null && ` after ${duration(webhook.acknowledged_ms)}`}
          </span>
        )}
      </Fact>
      {trace.caller && (
        <Fact name="Caller">
          <bdi>{oneLine(callerWords(trace.caller), 160)}</bdi>
        </Fact>
      )}
      {trace.instance !== undefined && (
        <Fact name="Instance">
          <a href={searchHref(term('instance', trace.instance))}>
            <bdi>{oneLine(trace.instance, 60)}</bdi>
          </a>
        </Fact>
      )}
    </dl>
  );
}

/** The caller's span, its `tracestate` and its `baggage`. */
function callerWords({ span_id, tracestate, baggage }: NonNullable<FullTraceResponse['caller']>): string {
  return [span_id && `span ${span_id}`, tracestate, baggage].filter(Boolean).join(' · ');
}

function Fact({ name, look = '', children }: { name: string; look?: string; children: ComponentChildren }) {
  return (
    <div class={look}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Number of model calls, their tokens and cost, and the models. */
function ModelCalls({ trace: { summary, events } }: { trace: FullTraceResponse }) {
  const { llm } = summary;
  const models = modelsOf(events);
  if (llm === undefined && models.length === 0) return null;
  return (
    <Fact name="Models">
      {models.map((model, index) => (
        <span key={model}>
          {index > 0 && ', '}
          <a href={searchHref(term('model', model))}>
            <bdi>{oneLine(model, 60)}</bdi>
          </a>
        </span>
      ))}
      {llm && <span class="muted"> {usageWords(llm)}</span>}
    </Fact>
  );
}

/** The reply, and where it went; `undefined` where a hint says what happened to it. */
function reply(trace: FullTraceResponse): ComponentChildren {
  const { summary, status, debug_hints: hints } = trace;
  if (summary.message_sent)
    return <bdi>{summary.response_preview ? oneLine(summary.response_preview, 160) : 'sent'}</bdi>;
  const elsewhere = repliedIn(trace);
  if (elsewhere) return <a href={traceHref(elsewhere.trace_id)}>sent in a linked trace</a>;
  if (hints.some((hint) => /^[📭🔇📵]/u.test(hint))) return undefined;
  return status === 'active' ? 'not yet' : 'no reply recorded';
}

/** `['supervisor → maria', 'maria → carlos']` is one route. */
function routeOf(path: readonly string[]): string {
  const names: string[] = [];
  for (const [from = '', to = ''] of path.map((hop) => hop.split(' → '))) {
    if (names.at(-1) !== from) names.push(from);
    names.push(to);
  }
  return names.join(' → ');
}
