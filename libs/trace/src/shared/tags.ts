/**
 * A trace is found by its tags: an array of texts `kind:value`. `contact` are all its contacts but the first, `route` the
 * names on its route, `old` ids that it had before it was identified, `sent` ids of messages that it sent, `log` the
 * levels up to the highest of its log lines, `tag` both `key` and `key=value`, `fingerprint` those of its errors.
 */
export type TagKind =
  'agent' | 'route' | 'tool' | 'model' | 'host' | 'tag' | 'contact' | 'old' | 'sent' | 'link' | 'log' | 'fingerprint';

/** Longest value in a tag; a filter cuts its value in the same way. */
const MAX_VALUE = 256;

export function tagOf(kind: TagKind, value: string): string {
  return `${kind}:${value.slice(0, MAX_VALUE)}`;
}
