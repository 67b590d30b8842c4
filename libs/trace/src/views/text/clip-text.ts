/**
 * At most `units` of UTF-16 and a `…` when something was cut, without half a character at the end. For bounds that only
 * have to hold: counting what a reader takes for characters costs a hundred times as much (`visible-text.ts`).
 */
export function clipText(text: string, units: number): string {
  return text.length > units ? `${text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}
