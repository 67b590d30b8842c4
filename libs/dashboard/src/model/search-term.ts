import { ATTRIBUTE } from '../../../trace/src/model/attributes.js';
import type { PathPart } from '../format/json-path.js';

const KEYS: Record<string, string> = {
  contact_id: 'contact',
  contactId: 'contact',
  status: 'status',
  suggested_agent: 'agent',
  agent: 'agent',
  tool: 'tool',
  tool_name: 'tool',
  model: 'model',
  [ATTRIBUTE.model]: 'model',
  [ATTRIBUTE.responseModel]: 'model',
  host: 'host',
  [ATTRIBUTE.host]: 'host',
};

/** A value as a term of the search; `undefined` where the search has no term for it. */
export function searchTerm(path: readonly PathPart[], value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value)
    .replace(/["\s]+/g, ' ')
    .trim()
    .slice(0, 120);
  if (text === '') return undefined;
  const key = KEYS[String(path.at(-1) ?? '')];
  return key === undefined ? quoted(text) : term(key, text);
}

export function term(key: string, value: string): string {
  return `${key}:${/^[^\s"]+$/.test(value) ? value : quoted(value)}`;
}

/** Adds a term to a search. A new `key:` replaces the old one. */
export function withTerm(q: string, added: string): string {
  const key = /^(-?[a-z]+:)/.exec(added)?.[1];
  const kept = (q.match(/-?(?:[a-z]+:)?(?:"[^"]*"|\S+)/gi) ?? []).filter(
    (part) => part !== added && !(key !== undefined && part.startsWith(key)),
  );
  return [...kept, added].join(' ');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', ' ')}"`;
}
