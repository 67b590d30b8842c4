import { EVENT, readToolName } from '../../model/vocabulary.js';
import type { EventDto } from '../../contract/responses.js';
import { boundedJson } from '../text/bounded-json.js';
import { isSpan } from '../events/event-response.js';
import { dataOf } from '../events/event-data.js';

/** A step of one trace, of the other, or of both. */
export interface AlignedStep {
  kind: string;
  name: string | null;
  a: EventDto | null;
  b: EventDto | null;
}

/** Characters of an input's JSON that are compared to pair two calls of one tool. */
const INPUT_CHARACTERS = 4_000;

/**
 * Pairs the steps of two traces by kind and name, whatever their times. Within a group of one kind and name, calls with the
 * same input are paired first, then the others in order. Steps of different groups are never paired: a tool that was called
 * three times in `a` and once in `b` is one step in both and two only in `a`.
 */
export function alignSteps(a: readonly EventDto[], b: readonly EventDto[]): AlignedStep[] {
  const partners = pair(a, b);
  const paired = new Set(partners.values());
  const places = new Map(b.map((event, index) => [event, index]));
  const steps: AlignedStep[] = [];
  let next = 0;
  const onlyInB = (end: number): void => {
    for (; next < end; next += 1) {
      const event = b[next] as EventDto;
      if (!paired.has(event)) steps.push({ kind: event.type, name: stepName(event), a: null, b: event });
    }
  };
  for (const event of a) {
    const partner = partners.get(event) ?? null;
    // Steps only in `b` come before the next step that both traces have.
    if (partner) onlyInB(places.get(partner) ?? 0);
    steps.push({ kind: event.type, name: stepName(event), a: event, b: partner });
  }
  onlyInB(b.length);
  return steps;
}

/** Name of a step: the span's name, the error's location, or the tool of a tool event; `null`: it has none. */
export function stepName(event: EventDto): string | null {
  if (event.name !== null) return event.name;
  return event.type === EVENT.tool ? (readToolName(event.data) ?? null) : null;
}

function pair(a: readonly EventDto[], b: readonly EventDto[]): Map<EventDto, EventDto> {
  const partners = new Map<EventDto, EventDto>();
  const theirs = groups(b, groupOf);
  for (const [group, ours] of groups(a, groupOf)) pairGroup(ours, theirs.get(group) ?? [], partners);
  return partners;
}

function pairGroup(ours: readonly EventDto[], theirs: readonly EventDto[], partners: Map<EventDto, EventDto>): void {
  const taken = new Set<EventDto>();
  if (ours.length > 1 || theirs.length > 1) {
    const byInput = groups(theirs, inputOf);
    for (const event of ours) {
      const partner = byInput.get(inputOf(event))?.shift();
      if (!partner) continue;
      partners.set(event, partner);
      taken.add(partner);
    }
  }
  const free = theirs.filter((event) => !taken.has(event));
  for (const event of ours) {
    if (partners.has(event)) continue;
    const partner = free.shift();
    if (!partner) return;
    partners.set(event, partner);
  }
}

function groupOf(event: EventDto): string {
  return `${event.type}\n${stepName(event) ?? ''}`;
}

function inputOf(event: EventDto): string {
  const value = isSpan(event) ? dataOf(event).input : event.data;
  return boundedJson(value, { maxCharacters: INPUT_CHARACTERS }).text;
}

function groups(events: readonly EventDto[], key: (event: EventDto) => string): Map<string, EventDto[]> {
  const found = new Map<string, EventDto[]>();
  for (const event of events) {
    const group = found.get(key(event));
    if (group) group.push(event);
    else found.set(key(event), [event]);
  }
  return found;
}
