/**
 * The command that shows a trace, to be typed into a shell. Ids of older versions may begin with `-`: these follow `--`,
 * or the program would read an option.
 */
export function traceCommand(traceId: string, option?: '--export' | '--raw'): string {
  const id = shellWord(traceId);
  const words = traceId.startsWith('-') ? [option, '--', id] : [id, option];
  return ['get-trace', 'trace', ...words.filter((word) => word !== undefined)].join(' ');
}

/** Ids are made of safe characters, unless a journal was written by hand. */
function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
