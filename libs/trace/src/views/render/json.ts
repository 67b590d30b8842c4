import type { AnswerKind, AnswersByKind } from './kinds.js';

/** The version of the envelope's shape; grows when a key changes its meaning or goes. */
export const JSON_SCHEMA = 1;

/**
 * How JSON is laid out: `raw` is the answer as it is, on one line; `pretty` is indented; `envelope` is
 * `{ "schema": 1, "kind": … }` with the answer's keys, for programs that want to know what they are given.
 */
export type JsonStyle = 'raw' | 'pretty' | 'envelope';

/** Exact text, nothing replaced: what a program reads is what was stored. JSON itself escapes C0 controls. */
export function renderJson<Kind extends AnswerKind>(kind: Kind, answer: AnswersByKind[Kind], style: JsonStyle): string {
  switch (style) {
    case 'raw':
      return escapeForTerminals(JSON.stringify(answer));
    case 'pretty':
      return escapeForTerminals(JSON.stringify(answer, null, 2));
    case 'envelope':
      return escapeForTerminals(JSON.stringify({ schema: JSON_SCHEMA, kind, ...answer }, null, 2));
  }
}

/**
 * C1 controls, bidi overrides and their like are legal in JSON text but would still drive a terminal it is printed to.
 * As `\uXXXX` they mean the same to every parser and nothing to a terminal.
 */
const UNSAFE = /[\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

export function escapeForTerminals(json: string): string {
  return json.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
