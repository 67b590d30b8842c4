import { booleanOption, durationOption, objectOption } from '../../model/option-checks.js';
import { clipText, oneLine } from '../../views/text/visible-text.js';
import { type ErrorRule, isClientError, ruleId, spellWindow } from './rule.js';

/** Options of `alertWhen.newError`. */
export interface NewErrorOptions {
  /** An error is new when none of its origin was recorded in this time before it: `1h`, or milliseconds. Default: 1 day. */
  window?: number | string;
  /** Also of traces that were answered 4xx, where the sender made the mistake. Default: `false`. */
  clientErrors?: boolean;
}

/** Characters of a location or a type in a title. */
const MAX_NAME = 120;

export function newErrorRule(path: string, given: NewErrorOptions): ErrorRule {
  const { window, clientErrors } = objectOption(path, given, ['window', 'clientErrors']);
  const options = {
    window_ms: durationOption(`${path}.window`, window, 86_400_000),
    client_errors: booleanOption(`${path}.clientErrors`, clientErrors, false),
  };
  return {
    rule: 'newError',
    trigger: 'error',
    id: ruleId('newError', options),
    options,
    windowMs: options.window_ms,
    find: ({ fingerprint, location, type, message }, head, mark) => {
      if (head && isClientError(head) && !options.client_errors) return undefined;
      if (mark?.state === 'ignored') return undefined;
      const [where, what] = [location, type].map((text) => clipText(oneLine(text), MAX_NAME));
      return {
        subject: fingerprint,
        // The first error after its group was resolved is reported, also within the quiet time.
        ...(mark && { claim: `${fingerprint} ${mark.at}` }),
        title: `${mark ? 'Resolved error is back' : 'New error'}: ${what} in ${where}`,
        text: mark
          ? 'Its group was marked as resolved.'
          : `This error was not recorded in the last ${spellWindow(options.window_ms)} before.`,
        facts: { type: what!, location: where!, fingerprint, ...(head && { status: head.status }) },
        path: `#/errors?f=${encodeURIComponent(fingerprint)}`,
        ...(head && { tracePath: `#/t/${encodeURIComponent(head.traceId)}` }),
        captured: { message, trace_ids: head ? [head.traceId] : [] },
      };
    },
  };
}
