import type { FullTraceResponse } from '../api/responses.js';
import { isError, isSpan } from './trace-log.js';

/** What a part of a line leads to. */
export type LinkTarget = { trace: string } | { contact: string } | { step: number };

/** A part of a line: plain text, or a link. */
export interface LinePart {
  text: string;
  to?: LinkTarget;
}

const TRACE_ID = String.raw`[A-Za-z0-9][A-Za-z0-9.-]{0,63}_\d{8}_\d{6}_\d{6}`;
/** Names that are words of the language (`reply`, `step`) would make links of a hint's own words. */
const NAME = /^(?=.*[\d_.@+-]|.*\p{Ll}\p{Lu})\S{3,120}$/u;
/** Links of one line at most, and names that are looked for: a trace may have thousands of steps. */
const MAX_NAMES = 500;

/**
 * Splits lines about a trace at what leads further: ids of other traces, the trace's contacts, the locations of its
 * errors, and its slowest step of each name.
 */
export function hintLinks(trace: FullTraceResponse): (line: string) => LinePart[] {
  const targets = new Map<string, LinkTarget>();
  const own = trace.trace_id;
  const slowest = new Map<string, { took: number; seq: number }>();
  for (const event of trace.events) {
    if (!isSpan(event) || event.name === null || !NAME.test(event.name)) continue;
    const took = event.duration_ms ?? 0;
    if (took >= (slowest.get(event.name)?.took ?? 0)) slowest.set(event.name, { took, seq: event.seq });
  }
  for (const [name, { seq }] of slowest) targets.set(name, { step: seq });
  for (const contact of trace.contacts ?? [trace.contact_id]) if (NAME.test(contact)) targets.set(contact, { contact });
  const errors = trace.events.filter(isError);
  for (const [index, { location }] of trace.errors.entries()) {
    const seq = errors[index]?.seq;
    const first = trace.errors.findIndex((error) => error.location === location);
    if (seq !== undefined && first === index && location.length > 2) targets.set(location, { step: seq });
  }
  const names = [...targets.keys()].slice(0, MAX_NAMES).sort((a, b) => b.length - a.length);
  const found = new RegExp(
    String.raw`(?<![\p{L}\p{N}_])(?:${[TRACE_ID, ...names.map(escaped)].join('|')})(?![\p{L}\p{N}_])`,
    'gu',
  );
  return (line) => {
    const parts: LinePart[] = [];
    let at = 0;
    for (const { 0: text, index } of line.matchAll(found)) {
      if (text === own) continue;
      if (index > at) parts.push({ text: line.slice(at, index) });
      parts.push({ text, to: targets.get(text) ?? { trace: text } });
      at = index + text.length;
    }
    if (at < line.length) parts.push({ text: line.slice(at) });
    return parts;
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
