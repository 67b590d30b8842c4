import type { EventDto, FullTraceResponse, TextMatch } from '../../contract/responses.js';
import { stepName } from '../compare/step-alignment.js';
import { oneLine } from '../text/visible-text.js';
import { errorsWithSteps } from './rank-steps.js';

/** Characters before and after the match in its excerpt. */
const AROUND = 40;
/** Values that are looked at, so that a trace of megabytes costs no more than a moment. */
const MAX_VALUES = 50_000;
const MAX_DEPTH = 64;

/** Where a text is in a trace, in either case: in the trace itself, else in its first step that has it, else in an error. */
export function findMatch(trace: FullTraceResponse, text: string): TextMatch | undefined {
  const wanted = text.toLowerCase();
  if (wanted === '') return undefined;
  const { contact_id, trace_id, webhook_message: message } = trace;
  for (const [place, value] of Object.entries({ contact_id, trace_id, message })) {
    const excerpt = value === null ? undefined : excerptOf(value, wanted);
    if (excerpt !== undefined) return { seq: null, kind: 'trace', name: null, place, excerpt };
  }
  const finder = new Finder(wanted);
  for (const event of trace.events) {
    const found = finder.in({ name: event.name, data: event.data });
    if (found) return matchIn(event, found);
  }
  for (const { error, step } of errorsWithSteps(trace)) {
    const event = trace.events.find(({ seq }) => seq === step);
    const found = event && finder.in(error);
    if (found) return matchIn(event, found);
  }
  return undefined;
}

interface Found {
  place: string;
  excerpt: string;
}

function matchIn(event: EventDto, { place, excerpt }: Found): TextMatch {
  return { seq: event.seq, kind: event.type, name: stepName(event), place: place.replace(/^data\./, ''), excerpt };
}

class Finder {
  private left = MAX_VALUES;

  constructor(private readonly wanted: string) {}

  in(value: unknown, place = '', depth = 0): Found | undefined {
    this.left -= 1;
    if (this.left < 0 || depth > MAX_DEPTH) return undefined;
    if (typeof value === 'string' || typeof value === 'number') {
      const excerpt = excerptOf(String(value), this.wanted);
      return excerpt === undefined ? undefined : { place, excerpt };
    }
    if (typeof value !== 'object' || value === null) return undefined;
    const list = Array.isArray(value);
    for (const [key, member] of Object.entries(value)) {
      const at = list ? `${place}[${key}]` : place === '' ? key : `${place}.${key}`;
      const found = this.in(member, at, depth + 1);
      if (found) return found;
    }
    return undefined;
  }
}

function excerptOf(text: string, wanted: string): string | undefined {
  const at = text.toLowerCase().indexOf(wanted);
  if (at === -1) return undefined;
  const [from, to] = [Math.max(0, at - AROUND), at + wanted.length + AROUND];
  const part = text.slice(from, to).toWellFormed();
  return `${from > 0 ? '…' : ''}${oneLine(part)}${to < text.length ? '…' : ''}`;
}
