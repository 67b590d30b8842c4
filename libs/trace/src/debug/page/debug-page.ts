import { QUESTIONS } from '../../contract/questions.js';
import { requestOf } from '../../contract/request-of.js';
import type { HealthResponse, TraceListItem } from '../../contract/responses.js';
import { escapeHtml } from './html.js';
import type { Html } from './html.js';

const STYLE =
  ':root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top}' +
  'td.n{text-align:right;white-space:nowrap}code{font-size:.9em;overflow-wrap:anywhere}nav a{margin-right:1rem}';

const LINKS = ['traces', 'active', 'last-trace', 'last-error', 'stats', 'health', 'stream'];

export interface DebugPageData {
  health: HealthResponse;
  traces: TraceListItem[];
  /** Relative URL of the routes below the page, with a slash at the end. */
  base: string;
}

/** A page without script: the collector's health, the newest traces, and links to the routes. */
export function debugPage({ health, traces, base }: DebugPageData): Html {
  const links = LINKS.map((name) => `<a href="${base}${name}">${name}</a>`).join('');
  return {
    title: 'Traces',
    style: STYLE,
    body: `<h1>Traces</h1><nav>${links}</nav>${healthParagraph(health)}${tracesTable(traces, base)}`,
  };
}

/** A page that forwards to `target`. */
export function forwardPage(target: string): Html {
  const url = escapeHtml(target);
  return {
    title: 'Traces',
    head: `<meta http-equiv="refresh" content="0; url=${url}">`,
    style: STYLE,
    body: `<p><a href="${url}">Open the traces</a></p>`,
  };
}

function healthParagraph(health: HealthResponse): string {
  const { status, reasons, total_traces, active_traces, error_traces, version, not_supported = [] } = health;
  const why = reasons.length > 0 ? ` (${escapeHtml(reasons.join('; '))})` : '';
  const counts =
    total_traces === null ? '' : ` ${total_traces} traces, ${active_traces ?? 0} active, ${error_traces ?? 0} failed.`;
  const missing = not_supported.length === 0 ? '' : ` The store has no ${escapeHtml(not_supported.join(', '))}.`;
  return `<p>Collector ${escapeHtml(version)}: ${status}${why}.${counts}${missing}</p>`;
}

function tracesTable(traces: TraceListItem[], base: string): string {
  if (traces.length === 0) return '<p>No traces yet. Send the application a webhook.</p>';
  const head = ['Started', 'Status', 'Contact', 'Message', 'Route', 'ms', 'Trace'].map((name) => `<th>${name}</th>`);
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${traces.map((trace) => row(trace, base)).join('')}</tbody></table>`;
}

function row(trace: TraceListItem, base: string): string {
  const contact = escapeHtml(base + requestOf(QUESTIONS.quickDebug, { contact_id: trace.contact_id }).target);
  const id = encodeURIComponent(trace.trace_id);
  return (
    `<tr><td>${escapeHtml(trace.started_at)}</td><td>${escapeHtml(trace.status)}</td>` +
    `<td><a href="${contact}">${escapeHtml(trace.contact_id)}</a></td>` +
    `<td>${escapeHtml(short(trace.message ?? ''))}</td><td>${escapeHtml(trace.route ?? '')}</td>` +
    `<td class="n">${Math.round(trace.duration_ms)}</td>` +
    `<td><a href="${base}trace/${id}"><code>${escapeHtml(trace.trace_id)}</code></a></td></tr>`
  );
}

/** Cuts between characters, so that no half of an emoji remains. */
function short(text: string): string {
  const characters = Array.from(text.slice(0, 400));
  return characters.length > 120 ? `${characters.slice(0, 120).join('')}…` : characters.join('');
}
