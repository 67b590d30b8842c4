import { visibleText } from '../../text/visible-text.js';
import { escapeForTerminals } from '../json.js';

/** Captured text in HTML content and in quoted attributes; control and invisible characters have a visible form. */
export function html(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Text of several lines, for `<pre>`: its line breaks and tabs are kept. */
export function htmlLines(text: string): string {
  return text
    .split(/\r\n|[\n\r]/)
    .map((line) => line.split('\t').map(html).join('\t'))
    .join('\n');
}

/** JSON that cannot end the HTML element around it; control and invisible characters are escaped. */
export function embeddedJson(value: unknown): string {
  return escapeForTerminals(JSON.stringify(value)).replace(/[<>&]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
