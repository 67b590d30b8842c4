import { unicodeEscape } from '../../model/text.js';
import type { AnswerKind, AnswersByKind } from './kinds.js';

/** Version of the envelope. It grows when a key changes its meaning or is removed. */
export const JSON_SCHEMA = 1;

/**
 * Layout of JSON: `raw` is the response on one line; `pretty` is indented; `envelope` is `{ "schema": 1, "kind": … }` with
 * the response's keys, so that a program can check the version.
 */
export type JsonStyle = 'raw' | 'pretty' | 'envelope';

/** JSON of a response with the exact stored text. JSON itself escapes C0 controls. */
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
 * C1 controls, bidi overrides and invisible characters are legal in JSON text, but a terminal would execute them. The escape
 * `\uXXXX` means the same to every parser and nothing to a terminal.
 */
const UNSAFE = /[\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

export function escapeForTerminals(json: string): string {
  return json.replace(UNSAFE, unicodeEscape);
}
