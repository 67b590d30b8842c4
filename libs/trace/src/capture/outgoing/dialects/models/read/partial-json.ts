import type { BodyCopy } from '../../../outgoing-dialect.js';
import { stringEnd } from '../stream/json-values.js';
import { tryJson } from '../stream/stream-event.js';

/** Open objects and arrays that are closed at most. */
const MAX_DEPTH = 200;
/** An escape without its end. */
const HALF_ESCAPE = /(\\+)(?:u[0-9a-fA-F]{0,3})?$/;

/** JSON of a body, or of its first bytes where it was too long. */
export function valueOf(body: BodyCopy): unknown {
  return body.json() ?? partialJson(body.text);
}

/**
 * The value of JSON whose end is missing: complete members are kept, and a text that was cut ends with `…`. `undefined`:
 * the text is no JSON. One pass, and one or two parses.
 */
export function partialJson(text: string): unknown {
  const closers: string[] = [];
  // Where a value ended last.
  let safe = 0;
  let isKey = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i]!;
    if (char === '"') {
      const stop = stringEnd(text, i);
      if (stop === undefined) {
        const cut = isKey ? undefined : tryJson(`${withoutHalfEscape(text)}…"${closed(closers)}`);
        return cut ?? tryJson(text.slice(0, safe) + closed(closers));
      }
      i = stop;
      if (!isKey) safe = i + 1;
    } else if (char === '{' || char === '[') {
      if (closers.length >= MAX_DEPTH) break;
      closers.push(char === '{' ? '}' : ']');
      isKey = char === '{';
      safe = i + 1;
    } else if (char === '}' || char === ']') {
      closers.pop();
      isKey = false;
      safe = i + 1;
      if (closers.length === 0) break;
    } else if (char === ',') {
      // A number or a word has ended. The comma itself is left out.
      isKey = closers.at(-1) === '}';
      safe = i;
    } else if (char === ':') isKey = false;
  }
  return safe === 0 ? undefined : tryJson(text.slice(0, safe) + closed(closers));
}

function withoutHalfEscape(text: string): string {
  const half = HALF_ESCAPE.exec(text.slice(-200));
  const slashes = half?.[1]!.length ?? 0;
  return slashes % 2 === 0 ? text : text.slice(0, text.length - half![0].length + slashes - 1);
}

function closed(closers: readonly string[]): string {
  return closers.toReversed().join('');
}
