const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** Ten digits and more of a number overflow nothing, but mean nothing either. */
const PART = /(\d{1,9}(?:\.\d{1,6})?)\s?(ms|min|[smhdw])/gi;
const WHOLE = /^(?:\d{1,9}(?:\.\d{1,6})?\s?(?:ms|min|[smhdw]))+$/i;

/** The forms of `parseDuration`, for messages. */
export const DURATION_FORMS = '250ms, 90s, 30m, 2h, 7d, 1w, 1d12h';

/**
 * Milliseconds of `250ms`, `90s`, `30m` (or `30min`), `2h`, `7d`, `1w`, or several of them as `1d12h`; `undefined` for
 * any other text. Units are the same everywhere: options, command line, REST, MCP and the search box.
 *
 * @example
 * parseDuration('1d12h'); // 129_600_000
 */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(PART)) sum += Number(amount) * UNIT_MS[unit!.toLowerCase()]!;
  return sum;
}
