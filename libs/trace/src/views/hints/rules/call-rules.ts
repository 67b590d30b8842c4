import { ATTRIBUTE } from '../../../model/attributes.js';
import { EVENT, readReply } from '../../../model/vocabulary.js';
import { callFacts, failureWords, targetWords, type CallFacts } from '../../events/call-words.js';
import { dataOf, word } from '../../events/event-data.js';
import { countOf, spellMs } from '../../text/durations.js';
import { clip, oneLine } from '../../text/visible-text.js';
import type { AssembledTrace, AssembledSpan } from '../../trace/assemble.js';
import { sentDespite } from '../../trace/replies.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';

/** Statuses with which a provider says that it has too many requests: HTTP's own, and Anthropic's `overloaded_error`. */
const LIMITED: readonly unknown[] = [429, 529];
/** Hints of one rule at most. */
const MAX_HINTS = 3;
/** Share of a slow trace that one host must have taken. */
const WAITING_SHARE = 0.6;
const REASON_CHARACTERS = 160;
const TEXT_CHARACTERS = 50;

const refusedProof = records('event', 'the `message_failed` events', ({ type }) => type === EVENT.failed);
const limitedProof = records('span_end', 'the ends of calls that were answered with 429 or 529', ({ attributes }) =>
  LIMITED.includes(attributes?.[ATTRIBUTE.status]),
);
const failedProof = records('span_end', 'the ends of calls that failed', ({ outcome }) => outcome === 'error');
const callProof = records(
  'span',
  'the calls to the host',
  ({ attributes }) => attributes?.[ATTRIBUTE.host] !== undefined,
);

/** Begin of the hint about a reply that a provider refused. */
export const REPLY_REFUSED = '📵 The reply was refused';

/** Rules about outgoing calls: refused replies, rate limits, failed calls, and a host that took the time. */
export const CALL_RULES: readonly HintRuleDefinition[] = [
  { name: EVENT.failed, provedBy: [refusedProof], hint: replyRefused },
  { name: 'rate_limited', provedBy: [limitedProof, callProof], hint: rateLimited },
  { name: 'failed_call', provedBy: [failedProof], hint: failedCalls },
  {
    name: 'waiting',
    provedBy: [records('open', 'the `open`'), records('end', 'the `end`'), callProof],
    hint: waiting,
  },
];

/** Proved by: the `message_failed` events, one for each message that the provider refused. */
function replyRefused({ trace }: HintScene): string[] | undefined {
  const failed = trace.events.filter(({ dto, span }) => dto.type === EVENT.failed && !span);
  if (failed.length === 0) return undefined;
  const more = failed.length - MAX_HINTS;
  return [
    ...failed.slice(0, MAX_HINTS).map(({ dto }) => {
      const data = dataOf(dto);
      const why = [data.provider, data.status, data.code, data.reason]
        .map(word)
        .filter((part) => part !== undefined && part !== '')
        .join(' ');
      const { text } = readReply(data);
      const said = text === undefined ? '' : ` ('${clip(oneLine(text), TEXT_CHARACTERS)}')`;
      const despite = DESPITE[sentDespite(trace, data) ?? 'nothing'];
      return `${REPLY_REFUSED}${why === '' ? '' : `: ${clip(oneLine(why), REASON_CHARACTERS)}`}${said}${despite}`;
    }),
    ...(more > 0 ? [`📵 ${countOf(more, 'more reply', 'more replies')} refused`] : []),
  ];
}

/** What else the trace has about the text of a refused reply. */
const DESPITE = {
  accepted: '; another attempt was accepted',
  recorded: '; the code recorded it as sent',
  nothing: '',
} as const;

/** A call with its span. */
interface Call {
  span: AssembledSpan;
  facts: CallFacts;
}

function callsOf({ events }: AssembledTrace): Call[] {
  return events.flatMap(({ dto, span }) => {
    const facts = span === null ? undefined : callFacts(dto);
    return facts === undefined || span === null ? [] : [{ span, facts }];
  });
}

/** Proved by: the calls to a host that ended with 429 or 529, and how the last of the attempts ended. */
function rateLimited({ trace }: HintScene): string[] | undefined {
  const hosts = new Map<string, { count: number; status: number; last: CallFacts }>();
  for (const { facts } of callsOf(trace)) {
    const { host, status } = facts;
    if (host === undefined) continue;
    const known = hosts.get(host);
    if (status !== undefined && LIMITED.includes(status)) {
      hosts.set(host, { count: (known?.count ?? 0) + 1, status, last: facts });
    }
    // Only a later attempt of the call shows how it went on.
    else if (known && facts.resend > 0) known.last = facts;
  }
  const hints = [...hosts].slice(0, MAX_HINTS).map(([host, { count, status, last }]) => {
    const after = LIMITED.includes(last.status) ? '' : `, then ${last.status ?? 'nothing'}`;
    return `🔁 ${host} answered ${status} ${times(count)}${after}`;
  });
  return hints.length === 0 ? undefined : hints;
}

function times(count: number): string {
  return ['once', 'twice', 'three times', 'four times', 'five times'][count - 1] ?? `${count} times`;
}

/**
 * Proved by: the ends of calls with outcome `error`. No hint for a call that a later attempt repeated, for a refused message
 * and for a rate limit, which have their own hints.
 */
function failedCalls({ trace }: HintScene): string[] | undefined {
  const refused = new Set(
    trace.events.flatMap(({ dto, span }) => (!span && dto.type === EVENT.failed && dto.span_id ? [dto.span_id] : [])),
  );
  const calls = callsOf(trace);
  const failed = calls.filter(
    ({ span, facts }, index) =>
      facts.failed && !refused.has(span.id) && !calls.slice(index + 1).some((later) => repeats(later, span, facts)),
  );
  if (failed.length === 0) return undefined;
  const more = failed.length - MAX_HINTS;
  return [
    ...failed.slice(0, MAX_HINTS).map(({ span, facts }) => {
      const what =
        span.kind === 'llm' ? `model call: ${span.name} at ${facts.host ?? '?'}` : `call: ${targetWords(facts)}`;
      return `🌐 Failed ${what}${failureWords(facts)}`;
    }),
    ...(more > 0 ? [`🌐 ${countOf(more, 'more call')} failed`] : []),
  ];
}

function repeats(later: Call, span: AssembledSpan, facts: CallFacts): boolean {
  return (
    later.facts.resend > facts.resend &&
    later.span.parent === span.parent &&
    later.facts.host === facts.host &&
    later.facts.path === facts.path
  );
}

/**
 * Proved by: the `open`, the `end` and the calls to one host whose times together are most of a slow trace. Calls that run at
 * the same time count once.
 */
function waiting({ trace, durationMs, slowMs }: HintScene): string | undefined {
  if (trace.open === null || trace.head.endedAt === null || durationMs <= slowMs) return undefined;
  const byHost = new Map<string, AssembledSpan[]>();
  for (const { span, facts } of callsOf(trace)) {
    if (facts.host === undefined) continue;
    byHost.set(facts.host, [...(byHost.get(facts.host) ?? []), span]);
  }
  let longest: { host: string; ms: number } | undefined;
  for (const [host, spans] of byHost) {
    const ms = unionMs(spans);
    if (longest === undefined || ms > longest.ms) longest = { host, ms };
  }
  if (longest === undefined || longest.ms < durationMs * WAITING_SHARE) return undefined;
  const share = Math.min(100, Math.round((longest.ms / durationMs) * 100));
  return `⏳ ${share}% of the time was spent waiting for ${longest.host} (${spellMs(longest.ms)} of ${spellMs(durationMs)})`;
}

function unionMs(spans: readonly AssembledSpan[]): number {
  let total = 0;
  let until = 0;
  for (const { startedAt, ms } of spans.toSorted((a, b) => a.startedAt - b.startedAt)) {
    const end = startedAt + (ms ?? 0) * 1000;
    total += Math.max(0, end - Math.max(startedAt, until));
    until = Math.max(until, end);
  }
  return total / 1000;
}
