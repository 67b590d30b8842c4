import { commandLine } from '../../../libs/trace/src/views/text/trace-command.js';

/**
 * The typed command line with another cursor, so that it continues with the same filters from the same source. A token
 * and a password are left out: the line is printed, and may be shared.
 */
export function sameCommand(words: readonly string[], option: string, value: string): string {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === option) at += 1;
    else if (!word.startsWith(`${option}=`)) kept.push(withoutSecret(word));
  }
  const end = kept.indexOf('--');
  const options = [option, value];
  return commandLine(end === -1 ? [...kept, ...options] : [...kept.slice(0, end), ...options, ...kept.slice(end)]);
}

/** The typed command line with the whole id in the place of its beginning; `trace <id>` where the beginning is not there. */
export function withWholeId(words: readonly string[], id: string): string {
  // The first word is the command, whose name may also be the beginning of a contact.
  const command = words.findIndex((word) => !word.startsWith('-'));
  const at = words.findIndex((word, index) => index > command && word !== '' && id.startsWith(word));
  if (at === -1) return commandLine(['trace', id]);
  return commandLine(words.map((word, index) => (index === at ? id : withoutSecret(word))));
}

function withoutSecret(word: string): string {
  const start = word.startsWith('--') ? word.indexOf('=') + 1 : 0;
  const text = word.slice(start);
  const withoutPassword = text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/@]*@/i, '$1@');
  return word.slice(0, start) + withoutPassword.replace(/([?&])(?:token|password|sslpassword)=[^&#]*&?/g, '$1').replace(/[?&]$/, '');
}
