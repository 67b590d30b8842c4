import { EVENT } from '../../../trace/src/model/vocabulary.js';
import type { EventDto, FullTraceResponse } from '../api/responses.js';
import { duration, fullTime } from '../format/time.js';
import { usageWords } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { modelsOf } from '../model/call-facts.js';
import { term } from '../model/search-term.js';
import { tagsOf } from '../model/tags.js';
import { reasons, record } from '../model/trace-log.js';
import { contactHref, searchHref, traceHref } from '../state/route.js';
import { Breadcrumb } from './breadcrumb.js';
import { Icon } from './icon.js';
import { Tags } from './tags.js';
import { LinkedTraces, repliedIn } from './linked-traces.js';
import { Hints } from './marked-line.js';
import { Moment } from './moment.js';
import { StatusBadge } from './status-badge.js';

/** What failed, where, and whether a reply was sent; then contact, time and duration. */
export function TraceHeader({ trace }: { trace: FullTraceResponse }) {
  const { status, summary, errors, webhook, webhook_message: message } = trace;
  const [first] = errors;
  const failure = failureWithoutError(trace);
  const others = errors.length - 1 + (trace.left_out?.errors ?? 0);
  return (
    <header class="trace-header">
      <p class="trace-head-line">
        <StatusBadge status={status} />
        {(trace.contacts ?? [trace.contact_id]).map((contact) => (
          <a class="trace-contact" key={contact} href={contactHref(contact)}>
            <bdi>{oneLine(contact, 64)}</bdi>
          </a>
        ))}
        <span class="muted">
          <Moment at={trace.started_at} />
        </span>
        <span class="muted">{duration(trace.duration_ms)}</span>
      </p>
      <h1 class="trace-question">
        {message === null || message === '' ? <i>no message</i> : <bdi>{oneLine(message, 240)}</bdi>}
      </h1>
      <dl class="answers">
        <div class={first || failure ? 'answer answer-bad' : 'answer answer-good'}>
          <dt>{first || failure ? 'What failed' : 'Failures'}</dt>
          <dd>
            {first ? (
              <a href={errorHref(trace)}>
                <code>{oneLine(first.location, 80)}</code>{' '}
                <bdi>{oneLine([first.message, ...firstReason(trace)].join('; '), 160)}</bdi>
                {others > 0 && <span class="muted"> and {others} more</span>}
              </a>
            ) : (
              (failure ?? 'none')
            )}
          </dd>
        </div>
        <div
          class={`answer ${summary.message_sent || repliedIn(trace) ? 'answer-good' : isReplyMissed(trace) || isRefused(trace) ? 'answer-bad' : ''}`}
        >
          <dt>Reply</dt>
          <dd>{reply(trace)}</dd>
        </div>
        {summary.routing_path !== undefined && (
          <div class="answer">
            <dt>Route</dt>
            <dd>
              <Breadcrumb route={routeOf(summary.routing_path)} />
            </dd>
          </div>
        )}
        {summary.lead_score !== undefined && (
          <div class="answer">
            <dt>Score</dt>
            <dd>
              {summary.lead_score}
              {summary.previous_score !== undefined && <span class="muted"> before: {summary.previous_score}</span>}
            </dd>
          </div>
        )}
        <ModelCalls trace={trace} />
        <div class="answer">
          <dt>Webhook</dt>
          <dd>
            {webhook.method === null
              ? (webhook.type ?? 'no request')
              : `${webhook.method} ${oneLine(webhook.path ?? '', 60)}`}
            {webhook.status_code !== null && (
              <>
                {' '}
                <span class="muted nowrap">
                  {webhook.status_code}
                  {webhook.acknowledged_ms !== null && ` after ${duration(webhook.acknowledged_ms)}`}
                </span>
              </>
            )}
          </dd>
        </div>
        {trace.instance !== undefined && (
          <div class="answer">
            <dt>Instance</dt>
            <dd>
              <a href={searchHref(term('instance', trace.instance))}>
                <bdi>{oneLine(trace.instance, 60)}</bdi>
              </a>
            </dd>
          </div>
        )}
      </dl>
      {webhook.duplicate_of !== null && (
        <p class="notice">
          This webhook was delivered before: <a href={traceHref(webhook.duplicate_of)}>the first delivery</a>
        </p>
      )}
      <Tags tags={tagsOf(trace.events)} />
      <LinkedTraces trace={trace} />
      <Hints hints={trace.debug_hints} />
      <p class="trace-id">
        <Icon name="link" />
        <code>{trace.trace_id}</code>
        <span class="sr-only">; started {fullTime(trace.started_at)}</span>
      </p>
    </header>
  );
}

/** Number of model calls, their tokens and cost, and the models. */
function ModelCalls({ trace: { summary, events } }: { trace: FullTraceResponse }) {
  const { llm } = summary;
  const models = modelsOf(events);
  if (llm === undefined && models.length === 0) return null;
  return (
    <div class="answer">
      <dt>Models</dt>
      <dd>
        {models.map((model, index) => (
          <span key={model}>
            {index > 0 && ', '}
            <a href={searchHref(term('model', model))}>
              <bdi>{oneLine(model, 60)}</bdi>
            </a>
          </span>
        ))}
        {llm && <span class="usage-words">{usageWords(llm)}</span>}
      </dd>
    </div>
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

/** The first reason of the first error, from its event: an exception's own message may be only its class. */
function firstReason(trace: FullTraceResponse): string[] {
  return reasons(record(firstErrorEvent(trace)?.data).reasons).slice(0, 1);
}

function firstErrorEvent({ events }: FullTraceResponse): EventDto | undefined {
  return events.find(({ type, name }) => type === 'error' && name !== null);
}

/** A reply was due, by the hints. A receipt, or a handler in which nothing was traced, may have needed none. */
function isReplyMissed({ debug_hints }: FullTraceResponse): boolean {
  return debug_hints.some((hint) => hint.startsWith('📭') || hint.startsWith('🔇'));
}

function isRefused({ events }: FullTraceResponse): boolean {
  return events.some(({ type, name }) => type === EVENT.failed && name === null);
}

function reply(trace: FullTraceResponse) {
  const { summary, status } = trace;
  if (summary.message_sent) {
    return <bdi>{summary.response_preview ? oneLine(summary.response_preview, 160) : 'sent'}</bdi>;
  }
  const elsewhere = repliedIn(trace);
  if (elsewhere) return <a href={traceHref(elsewhere.trace_id)}>sent in a linked trace</a>;
  const refused = trace.events.findLast(({ type, name }) => type === EVENT.failed && name === null);
  if (refused) return <strong class="no-reply">REFUSED {refusalWords(refused)}</strong>;
  if (status === 'active') return 'not yet';
  return isReplyMissed(trace) ? <strong class="no-reply">NO REPLY RECORDED</strong> : 'no reply recorded';
}

/** `by meta: 400 131047`. */
function refusalWords({ data }: EventDto): string {
  const { provider, status, code } = record(data);
  const why = [status, code].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
  return oneLine(`${typeof provider === 'string' ? `by ${provider}` : ''}${why === '' ? '' : `: ${why}`}`, 80);
}

function errorHref(trace: FullTraceResponse): string {
  const event = firstErrorEvent(trace);
  return traceHref(trace.trace_id, { e: event && String(event.seq) });
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
