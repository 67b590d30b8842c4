import type { JsonCursor, JsonRange } from './json-cursor.js';
import { WireFault } from './wire-fault.js';

/** Spans of one tracer. `scope` is as the sender has it. */
export interface RawScopeSpans {
  readonly scope: unknown;
  readonly spans: Iterable<unknown>;
}

/** Spans of one process. `resource` is as the sender has it. */
export interface RawResourceSpans {
  readonly resource: unknown;
  readonly scopeSpans: readonly RawScopeSpans[];
}

const NO_REQUEST = "The body is no ExportTraceServiceRequest: it has no list 'resourceSpans'.";

/** The groups of a request in JSON. Each span is parsed when it is taken; all else has been parsed when this returns. */
export function* groupsInJson(cursor: JsonCursor): Generator<void, RawResourceSpans[]> {
  let groups: RawResourceSpans[] | undefined;
  if (cursor.isAt('{')) {
    for (const name of cursor.members()) {
      if (name === 'resourceSpans' && cursor.isAt('[')) groups = yield* resourceGroups(cursor);
      else if (cursor.value() !== undefined && name === 'resourceSpans') groups = undefined;
      yield;
    }
  } else cursor.value();
  cursor.end();
  if (groups === undefined) throw new WireFault(400, NO_REQUEST);
  return groups;
}

/** The same of a request that is parsed already. */
export function groupsInObject(request: unknown): RawResourceSpans[] {
  const { resourceSpans } = (request ?? {}) as { resourceSpans?: unknown };
  if (!Array.isArray(resourceSpans)) throw new WireFault(400, NO_REQUEST);
  return resourceSpans.map((each) => {
    const { resource, scopeSpans } = objectIn(each, 'resourceSpans');
    const groups = listIn(scopeSpans, 'scopeSpans').map((group) => objectIn(group, 'scopeSpans'));
    return { resource, scopeSpans: groups.map(({ scope, spans }) => ({ scope, spans: listIn(spans, 'spans') })) };
  });
}

function* resourceGroups(cursor: JsonCursor): Generator<void, RawResourceSpans[]> {
  const groups: RawResourceSpans[] = [];
  for (const _ of cursor.elements()) {
    let resource: unknown;
    let scopeSpans: readonly RawScopeSpans[] = [];
    for (const name of membersOf(cursor, 'resourceSpans')) {
      if (name === 'scopeSpans') scopeSpans = cursor.isAt('[') ? yield* scopeGroups(cursor) : noList(cursor, name);
      else if (name === 'resource') resource = cursor.value();
      else cursor.value();
      yield;
    }
    groups.push({ resource, scopeSpans });
  }
  return groups;
}

function* scopeGroups(cursor: JsonCursor): Generator<void, RawScopeSpans[]> {
  const groups: RawScopeSpans[] = [];
  for (const _ of cursor.elements()) {
    let scope: unknown;
    let spans: Iterable<unknown> = [];
    for (const name of membersOf(cursor, 'scopeSpans')) {
      if (name === 'spans') spans = cursor.isAt('[') ? yield* spansIn(cursor) : noList(cursor, name);
      else if (name === 'scope') scope = cursor.value();
      else cursor.value();
      yield;
    }
    groups.push({ scope, spans });
  }
  return groups;
}

/** Where the spans are is kept, because their scope may come behind them. */
function* spansIn(cursor: JsonCursor): Generator<void, Iterable<unknown>> {
  const ranges: JsonRange[] = [];
  for (const _ of cursor.elements()) {
    ranges.push(cursor.skip());
    yield;
  }
  return {
    *[Symbol.iterator]() {
      for (const range of ranges) yield cursor.parse(range);
    },
  };
}

function membersOf(cursor: JsonCursor, where: string): Generator<string, void> {
  if (!cursor.isAt('{')) objectIn(cursor.value(), where);
  return cursor.members();
}

function noList(cursor: JsonCursor, name: string): never[] {
  return listIn(cursor.value(), name) as never[];
}

/** @throws WireFault where a value is no object */
export function objectIn(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new WireFault(400, `An element of '${where}' is no object.`);
}

/** @throws WireFault where a value is neither a list nor absent */
export function listIn(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as unknown[];
  throw new WireFault(400, `'${name}' of the body is no list.`);
}
