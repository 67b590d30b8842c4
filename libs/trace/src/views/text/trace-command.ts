/** How a person starts the program: by the package's own name, because `get-trace` on npm belongs to others. */
export const PROGRAM = 'npx nestjs-trace-collector';

/** The shell command that shows a trace. */
export function traceCommand(traceId: string, option?: '--export' | '--raw'): string {
  return commandWith('trace', traceId, option);
}

/** The shell command that shows a contact's newest traces and why they went wrong. */
export function contactCommand(contactId: string): string {
  return commandWith('debug', contactId);
}

/** A command line that can be pasted into a POSIX shell or PowerShell as it is: each word is quoted where that is needed. */
export function commandLine(words: readonly string[]): string {
  return [PROGRAM, ...words.map(shellWord)].join(' ');
}

/** A value that begins with `-` follows `--`, so that the program does not read it as an option. */
function commandWith(command: string, value: string, option?: string): string {
  const options = option === undefined ? [] : [option];
  return commandLine(value.startsWith('-') ? [command, ...options, '--', value] : [command, value, ...options]);
}

/** Quotes a word with a character that a shell interprets, such as a space, `$`, a quote, or `~` at its beginning. */
export function shellWord(text: string): string {
  return /^[\w.@:+/%-][\w.@:+/%,=-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
