import type { ClientRequest, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export type HeaderTexts = Record<string, string>;

/** The headers of a request as they are now. */
export function requestHeaders(request: ClientRequest): HeaderTexts {
  const texts = headerTexts(request.getHeaders());
  // Headers that were given as an array are in the text of the request only, which Node writes at once.
  const { _header: text } = request as unknown as { _header: unknown };
  return typeof text === 'string' && Object.keys(texts).length === 0 ? parsed(text) : texts;
}

/** Headers with one text each. Node's names are in lower case. */
export function headerTexts(headers: OutgoingHttpHeaders | IncomingHttpHeaders): HeaderTexts {
  const texts: HeaderTexts = Object.create(null) as HeaderTexts;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) texts[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return texts;
}

function parsed(text: string): HeaderTexts {
  const texts: HeaderTexts = Object.create(null) as HeaderTexts;
  for (const line of text.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    texts[name] = texts[name] === undefined ? value : `${texts[name]}, ${value}`;
  }
  return texts;
}

/** Headers that are new or have another value; `undefined`: none. */
export function differences(before: Readonly<HeaderTexts> | undefined, now: HeaderTexts): HeaderTexts | undefined {
  let added: HeaderTexts | undefined;
  for (const name in now) {
    if (before?.[name] === now[name]) continue;
    added ??= Object.create(null) as HeaderTexts;
    added[name] = now[name]!;
  }
  return added;
}
