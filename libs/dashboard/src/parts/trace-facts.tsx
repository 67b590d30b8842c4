import { EVENT } from '../../../trace/src/model/vocabulary.js';
import type { ComponentChildren } from 'preact';
import type { EventDto, FullTraceResponse } from '../api/responses.js';
import { duration } from '../format/time.js';
import { usageWords } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { modelsOf } from '../model/call-facts.js';
import { term } from '../model/search-term.js';
import { isError, record } from '../model/trace-log.js';
import { searchHref, traceHref } from '../state/route.js';
import { Breadcrumb } from './breadcrumb.js';
import { repliedIn } from './linked-traces.js';

/** Reply, route, score, models, webhook and instance; the failure only where no hint names it. */
export function TraceFacts({ trace }: { trace: FullTraceResponse }) {
  const { summary, webhook } = trace;
  const failure = failureOf(trace);
  const replied = reply(trace);
  return (
    <dl class="facts">
      {failure && (
        <Fact name="What failed" look="fact-main fact-bad">
          {failure}
        </Fact>
      )}
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
        {webhook.status_code !== null && (
          <span class="muted">
            {' '}
            {webhook.status_code}
            {webhook.acknowledged_ms !== null && ` after ${duration(webhook.acknowledged_ms)}`}
          </span>
        )}
      </Fact>
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

/** What failed, where no hint names it: a trace from a file may have no hints. */
function failureOf(trace: FullTraceResponse): ComponentChildren {
  const { debug_hints: hints, errors, events } = trace;
  if (hints.some((hint) => /^[❌🚫⏰💥🔇🔌]/u.test(hint))) return undefined;
  const [first] = errors;
  if (!first) return failureWithoutError(trace);
  const seq = events.find(isError)?.seq;
  return (
    <a href={traceHref(trace.trace_id, { e: seq === undefined ? undefined : String(seq) })}>
      <code>{oneLine(first.location, 80)}</code> <bdi>{oneLine(first.message, 160)}</bdi>
      {errors.length > 1 && <span class="muted"> and {errors.length - 1} more</span>}
    </a>
  );
}

/** The failure of a trace without a recorded error; `undefined` where it did not fail. */
function failureWithoutError({ status, webhook }: FullTraceResponse): string | undefined {
  switch (status) {
    case 'error':
      return (webhook.status_code ?? 0) >= 400
        ? `the request was answered with HTTP ${webhook.status_code}`
        : 'no error was recorded';
    case 'timeout':
      return 'the time limit passed while work was open';
    case 'interrupted':
      return 'the process ended before the trace was quiet';
    case 'silent':
      return 'no reply was recorded in time';
    default:
      return undefined;
  }
}

/** The reply, and where it went; `undefined` where a hint says what happened to it. */
function reply(trace: FullTraceResponse): ComponentChildren {
  const { summary, status, debug_hints: hints } = trace;
  if (summary.message_sent)
    return <bdi>{summary.response_preview ? oneLine(summary.response_preview, 160) : 'sent'}</bdi>;
  const elsewhere = repliedIn(trace);
  if (elsewhere) return <a href={traceHref(elsewhere.trace_id)}>sent in a linked trace</a>;
  if (hints.some((hint) => /^[📭🔇📵]/u.test(hint))) return undefined;
  const refused = trace.events.findLast(({ type, name }) => type === EVENT.failed && name === null);
  if (refused) return <strong class="no-reply">REFUSED {refusalWords(refused)}</strong>;
  return status === 'active' ? 'not yet' : 'no reply recorded';
}

/** `by meta: 400 131047`. */
function refusalWords({ data }: EventDto): string {
  const { provider, status, code } = record(data);
  const why = [status, code].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
  return oneLine(`${typeof provider === 'string' ? `by ${provider}` : ''}${why === '' ? '' : `: ${why}`}`, 80);
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
