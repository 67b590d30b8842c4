import type { ErrorDto, EventDto, LinkDto } from '../../../contract/responses.js';
import { boundedJson } from '../../text/bounded-json.js';
import { stepName } from '../../compare/step-alignment.js';
import { spellMs } from '../../text/durations.js';
import { errorReasons } from '../../events/error-reasons.js';
import { isErrorEvent, isSpan } from '../../events/event-response.js';
import { costWords, tokenWords } from '../../events/call-words.js';
import { dataOf } from '../../events/event-data.js';
import { stackFrames } from '../../trace/stack-frames.js';
import { linkEnd, linkWords } from '../link-lines.js';
import { embeddedJson, html, htmlLines } from './html-text.js';
import { replySentence } from '../reply-words.js';
import { statusWord } from '../status-word.js';
import { requestWords } from '../request-words.js';
import { callerWords } from '../caller-words.js';
import { causesOf, causeWords } from '../cause-words.js';
import type { RenderedTrace } from '../kinds.js';

/** Id of the element with the trace's data, which `get-trace show` reads. */
export const EMBEDDED_TRACE = 'trace-data';

/** Characters of a value that are shown, because browsers cannot lay out megabytes. The embedded data has the whole value. */
const SHOWN_CHARACTERS = 20_000;

/** Levels of spans that are nested, because an imported file may nest spans without end. */
const MAX_DEPTH = 200;

const STYLE =
  ':root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}' +
  'h1{font-size:1.2rem;overflow-wrap:anywhere}h2{font-size:1.05rem;margin-top:2rem}pre{overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;padding:.6rem;border:1px solid #8884;border-radius:4px;font-size:.85em}' +
  'summary{cursor:pointer;padding:.2rem 0}details>details{margin-left:1.2rem}.took{opacity:.7}.bad{color:#c22}@media(prefers-color-scheme:dark){.bad{color:#f77}}dt{font-weight:600}dd{margin:0 0 .4rem}';

/** A trace as one HTML file with its data. It opens without a server and loads nothing. */
export function traceHtml(trace: RenderedTrace): string {
  const body = [
    `<h1>${statusWord(trace.status)} ${html(trace.trace_id)}</h1>`,
    `<p>${spellMs(trace.duration_ms)}. <strong>${replySentence(trace)}</strong></p>`,
    `<ul>${trace.debug_hints.map((hint) => `<li>${html(hint)}</li>`).join('')}</ul>`,
    facts(trace),
    ...linkPart(trace.links ?? []),
    ...(trace.errors ?? []).map(errorPart),
    '<h2>Timeline</h2>',
    pre(trace.timeline.join('\n')),
    ...(trace.events === undefined ? [] : ['<h2>Steps</h2>', stepTree(trace.events)]),
    ...(trace.webhook?.body === undefined || trace.webhook.body === null
      ? []
      : ['<h2>The body of the webhook</h2>', value(trace.webhook.body)]),
    '<h2>Summary</h2>',
    value(trace.summary),
  ];
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">' +
    `<title>${html(trace.trace_id)}</title><style>${STYLE}</style></head><body>\n${body.join('\n')}\n` +
    `<script type="application/json" id="${EMBEDDED_TRACE}">${embeddedJson(trace)}</script>\n</body></html>`
  );
}

function facts(trace: RenderedTrace): string {
  const { contact_id, webhook_message, webhook, started_at, traceparent, caller, instance } = trace;
  const request = requestWords(webhook);
  const entries: [string, string | null | undefined][] = [
    ['Contact', contact_id],
    ['Message', webhook_message],
    ['Started', started_at],
    ['Webhook', request === '' ? null : `${request}, answered ${webhook?.status_code ?? 'with nothing'}`],
    ['Traceparent', traceparent],
    ['Caller', callerWords(caller)],
    ['Instance', instance],
  ];
  const given = entries.filter(([, text]) => text !== null && text !== undefined && text !== '');
  return `<dl>${given.map(([name, text]) => `<dt>${name}</dt><dd>${html(text ?? '')}</dd>`).join('')}</dl>`;
}

function linkPart(links: readonly LinkDto[]): string[] {
  if (links.length === 0) return [];
  const items = links.map((link) => `<li>${html(`${linkWords(link)} ${link.trace_id}: ${linkEnd(link)}`)}</li>`);
  return [`<h2>Linked traces</h2><ul>${items.join('')}</ul>`];
}

function errorPart(error: ErrorDto): string {
  const { application, other } = stackFrames(error.stack);
  return [
    `<h2 class="bad">${html(error.type)} in ${html(error.location)}</h2>`,
    pre([error.message, ...errorReasons(error.message, error.detail)].join('\n')),
    ...causesOf(error).map((cause) => `<p>Caused by</p>${pre(causeWords(cause))}`),
    ...(application.length + other.length === 0
      ? []
      : [
          `<details open><summary>Stack, application frames first</summary>${pre([...application, ...other].join('\n'))}</details>`,
        ]),
    ...(error.detail === undefined ? [] : [`<details open><summary>Detail</summary>${value(error.detail)}</details>`]),
    ...(error.context === null ? [] : [`<details><summary>Context</summary>${value(error.context)}</details>`]),
  ].join('\n');
}

/** The events as a tree: each span contains what happened in it. */
function stepTree(events: readonly EventDto[]): string {
  const spans = new Set(events.filter(isSpan).map(({ span_id }) => span_id));
  const inside = new Map<string | null, EventDto[]>();
  for (const event of events) {
    const parent = isSpan(event) ? event.parent_span_id : event.span_id;
    const at =
      parent !== null && spans.has(parent) && parent !== (isSpan(event) ? event.span_id : null) ? parent : null;
    const siblings = inside.get(at);
    if (siblings) siblings.push(event);
    else inside.set(at, [event]);
  }
  const shown = new Set<string>();
  const level = (parent: string | null, depth: number): string =>
    (inside.get(parent) ?? [])
      .map((event) => {
        const { span_id } = event;
        const own = isSpan(event) && span_id !== null && !shown.has(span_id) && depth < MAX_DEPTH;
        if (own) shown.add(span_id);
        return step(event, own ? level(span_id, depth + 1) : '');
      })
      .join('\n');
  return level(null, 0);
}

function step(event: EventDto, inner: string): string {
  const { input, output, outcome } = isSpan(event) ? dataOf(event) : {};
  const name = stepName(event);
  const took = event.duration_ms === null ? (isSpan(event) ? 'still open' : '') : spellMs(event.duration_ms);
  const numbers = [tokenWords(event), costWords(event)].filter((part) => part !== undefined).join(', ');
  const bad = outcome === 'error' || isErrorEvent(event);
  const words = `${event.seq} · ${html(event.type)}${name === null ? '' : ` ${html(name)}`}`;
  const parts = isSpan(event)
    ? [
        ...(input === undefined ? [] : [`<p>Input</p>${value(input)}`]),
        ...(output === undefined ? [] : [`<p>Output</p>${value(output)}`]),
      ]
    : event.data === null
      ? []
      : [value(event.data)];
  return `<details${inner === '' ? '' : ' open'}><summary${bad ? ' class="bad"' : ''}>${words} <span class="took">${[took, numbers].filter((part) => part !== '').join(' · ')}</span></summary>${parts.join('')}${inner}</details>`;
}

function value(given: unknown): string {
  if (typeof given === 'string') return pre(given);
  return pre(boundedJson(given, { maxCharacters: SHOWN_CHARACTERS, indent: 2 }).text);
}

function pre(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return `<pre>${htmlLines(shown)}</pre>`;
}
