import { visibleText, clipText } from '../text/visible-text.js';
import type { MetricFamily, MetricSample } from './metric.js';

/** Series of one scrape. Families limit themselves; this is for the case that they fail to. */
export const MAX_SERIES = 2_000;
/** Longest value of a label, in UTF-16 units. */
const MAX_LABEL = 120;

/** Content type of the text. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The text format of Prometheus, version 0.0.4. Families without samples are left out. */
export function prometheusText(families: readonly MetricFamily[]): string {
  let left = MAX_SERIES;
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    const shown = samples.slice(0, left);
    left -= shown.length;
    if (shown.length === 0) continue;
    lines.push(`# HELP ${name} ${helpText(help)}`, `# TYPE ${name} ${type}`);
    for (const sample of shown) lines.push(lineOf(name, sample));
  }
  return `${lines.join('\n')}\n`;
}

function lineOf(name: string, { labels, value, suffix }: MetricSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${labelText(text)}"`);
  return `${name}${suffix ?? ''}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number(value)}`;
}

/** Names of agents, models and senders come from outside: control characters get a visible form first. */
function labelText(text: string): string {
  return clipText(visibleText(text), MAX_LABEL).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function helpText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
