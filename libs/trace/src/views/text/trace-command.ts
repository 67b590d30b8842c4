/**
 * The shell command that shows a trace. An id that begins with `-`, which older versions made, follows `--`, so that the
 * program does not read it as an option.
 */
export function traceCommand(traceId: string, option?: '--export' | '--raw'): string {
  const id = shellWord(traceId);
  const words = traceId.startsWith('-') ? [option, '--', id] : [id, option];
  return ['get-trace', 'trace', ...words.filter((word) => word !== undefined)].join(' ');
}

/** Quotes an id with characters that a shell reads. Only journals that were written by hand have these ids. */
function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
