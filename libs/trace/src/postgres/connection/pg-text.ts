const NUL = /\0/g;

/** PostgreSQL has no NUL in a text: it becomes U+FFFD, in what is stored and in what is looked for. */
export function pgText(text: string): string {
  return text.includes('\0') ? text.replaceAll(NUL, '\uFFFD') : text;
}
