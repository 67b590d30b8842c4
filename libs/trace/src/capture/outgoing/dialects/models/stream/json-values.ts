import { tryJson, type StreamEvent } from './stream-event.js';

/** The JSON values of a text of lines, as Ollama streams them, or of one array, as Gemini does without `alt=sse`. */
export function* jsonValues(text: string): Generator<StreamEvent> {
  for (let from = text.indexOf('{'); from >= 0;) {
    const stop = objectEnd(text, from);
    if (stop === undefined) return;
    const data = tryJson(text.slice(from, stop));
    if (data !== undefined) yield { data, name: '', end: stop };
    from = text.indexOf('{', stop);
  }
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Where the object that begins at `from` ends; `undefined`: it was cut. */
export function objectEnd(text: string, from: number, max = text.length): number | undefined {
  let depth = 0;
  for (let i = from; i < max; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const stop = stringEnd(text, i);
      if (stop === undefined) return undefined;
      i = stop;
    } else if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}

/** The quote that closes the string whose quote is at `from`; `undefined`: it was cut. */
export function stringEnd(text: string, from: number): number | undefined {
  let stop = text.indexOf('"', from + 1);
  while (stop >= 0) {
    let slashes = 0;
    while (text.charCodeAt(stop - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return stop;
    stop = text.indexOf('"', stop + 1);
  }
  return undefined;
}
