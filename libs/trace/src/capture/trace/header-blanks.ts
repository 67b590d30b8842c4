/** Without the blanks and tabs around it, which HTTP calls optional white space. `trim` also removes others. */
export function withoutBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** The members of a header that is a list, without empty ones. */
export function membersOf(header: string): string[] {
  return header.split(',').map(withoutBlanks).filter(Boolean);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
