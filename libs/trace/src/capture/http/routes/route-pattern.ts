import { trimSlashes } from './route-rules.js';

/**
 * A route's path as the source of a RegExp: `users/:id` is `/users/[^/]+`. Supports `:param`, `*`, `*splat` and
 * `{optional}` parts, and `(.*)` and `/*` at the end, which Nest still accepts: the part may then be missing.
 */
export function pathPattern(path: string): string {
  const trimmed = trimSlashes(path).replace(/(^|\/)(?:\(\.\*\)|\*)$/, '{$1*rest}');
  if (trimmed === '') return '';
  const whole = trimmed.startsWith('{/') ? trimmed : trimmed.replace(/^(\{?)/, '$1/');
  return whole.replace(/[.+?^$()|[\]\\]|:\w+|\*\w*|\{|\}/g, (part) => {
    if (part === '{') return '(?:';
    if (part === '}') return ')?';
    if (part.startsWith(':')) return '[^/]+';
    return part.startsWith('*') ? '.*' : `\\${part}`;
  });
}
