/** A proxy may decode a target once before the application's router does. */
const DECODINGS = 3;

/**
 * The path of a request's target in one spelling, for comparing only: without host, query and fragment, decoded, in lower
 * case, with single slashes, no `.` and `..`, no slash at its end. Routers differ in what of this they do, so two targets
 * with one plain path may lead to different handlers.
 */
export function plainPath(target: string): string {
  let path = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  for (let n = 0; n < DECODINGS && path.includes('%'); n += 1) path = decoded(path);
  const parts: string[] = [];
  // Some routers end the path at a decoded `?`, `#` or `;`.
  for (const part of path
    .toLowerCase()
    .replace(/[?#;].*$/s, '')
    .split(/[/\\]+/)) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A target that is its own plain path, but for the query and a slash at the end. Most are, and `plainPath` costs 2 µs. */
const PLAIN = /^(?:\/[a-z\d_-]+)*\/?(?:\?|$)/;

/** Whether the plain path of a target is `base`, a plain path, or below it. */
export function leadsBelow(target: string, base: string): boolean {
  if (!PLAIN.test(target)) return isBelow(plainPath(target), base);
  if (base === '/') return true;
  const next = target.startsWith(base) ? target[base.length] : 'x';
  return next === undefined || next === '/' || next === '?';
}

/** Whether a plain path is `base`, another plain path, or below it. */
export function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(base === '/' ? base : `${base}/`);
}

/** Decodes valid escapes; other text stays unchanged. */
function decoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) =>
    Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
