/** Characters that move the cursor, change the direction of writing or are invisible, except line feeds and tabs. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Captured text in a form that is safe on the page: invisible characters are shown by their numbers, so that a message
 * cannot reorder or hide the words next to it. Zero-width joiners stay: emoji and several scripts need them.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return `\\u{${code.toString(16)}}`;
  });
}

/** The same on one line, cut to a number of user-perceived characters. */
export function oneLine(text: string, most = 200): string {
  const flat = visible(text.slice(0, most * 4).replace(/[\r\n\t ]+/g, ' ')).trim();
  const characters = Array.from(flat);
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : flat;
}

/** A value in a few words: texts as they are, the rest as JSON. */
export function preview(value: unknown, most = 120): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return oneLine(value, most);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.length}] ${oneLine(cheapJson(value), most)}`;
  const pairs: string[] = [];
  let length = 0;
  for (const [key, inner] of Object.entries(value)) {
    const text = `${key}: ${typeof inner === 'object' && inner !== null ? cheapJson(inner) : String(inner)}`;
    pairs.push(text);
    length += text.length;
    if (length > most) break;
  }
  return oneLine(pairs.join(', '), most);
}

/** The beginning of a value's JSON. The rest, which may have megabytes, is not serialized. */
function cheapJson(value: object): string {
  let left = 40;
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      left -= 1;
      if (left < 0) return undefined;
      return typeof inner === 'string' && inner.length > 80 ? `${inner.slice(0, 80)}…` : inner;
    }) ?? ''
  );
}
