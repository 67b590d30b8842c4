import { plain, raw, refused, to } from './acts.js';
import { REPLIED, type Situation, WELL } from './situation.js';

/** Requests that are refused or answered before their handler. */
export const REFUSED_SITUATIONS: readonly Situation[] = [
  plain({
    name: 'a middleware answers 200 and continues',
    act: to('bot'),
    status: 'completed',
    code: 200,
    // The application's own parser read the body; capture read along.
    hints: [WELL],
    summary: REPLIED,
    atLeastMs: 60,
  }),
  refused({
    name: 'a guard returns false',
    act: to('denied'),
    code: 403,
    hints: [/^🚫 Refused: HTTP 403 by DenyGuard: Forbidden resource/],
  }),
  refused({
    name: 'a guard throws a 401',
    act: to('signature'),
    code: 401,
    hints: ['🚫 Refused: HTTP 401 by SignatureGuard: bad signature'],
  }),
  refused({
    name: 'a guard throws a 401, a filter answers 200',
    act: to('friendly-guard'),
    code: 200,
    hints: [/^❌ UnauthorizedException in POST .* by SignatureGuard: bad signature/],
  }),
  refused({ name: 'a guard breaks', act: to('broken-guard'), code: 500, hints: [/^❌ /] }),
  refused({
    name: 'a guard records and returns false',
    act: to('tracing-guard'),
    code: 403,
    hints: [/^🚫 Refused: HTTP 403/],
  }),
  plain({
    status: 'error',
    name: 'an interceptor answers 409',
    act: to('interceptor'),
    code: 409,
    hints: [/^🚫 Refused: HTTP 409.*already handled/],
  }),
  refused({
    name: 'malformed JSON',
    act: (stage) => raw(stage, '{"a":'),
    code: 400,
    hints: [/^🚫 Refused: HTTP 400/, '📦 The body was not parsed; its 5 bytes are kept'],
  }),
  refused({
    name: 'a body over the limit',
    act: (stage) => raw(stage, JSON.stringify({ text: 'x'.repeat(1_200_000) })),
    code: 413,
    hints: [/^🚫 Refused: HTTP 413/, '📦 The body was not parsed; its first 1,024 of 1,200,011 bytes are kept'],
  }),
  refused({
    name: 'no such route under the prefix',
    act: to('none-such'),
    code: 404,
    hints: [/^🚫 Refused: HTTP 404/],
  }),
  refused({
    name: 'a middleware answers 403',
    act: to('blocked'),
    code: 403,
    hints: [/^🚫 Refused: HTTP 403/],
  }),
  {
    app: 'plain',
    name: 'a pipe refuses the body',
    act: to('pipe'),
    status: 'error',
    code: 400,
    hints: [/^🚫 Refused: HTTP 400.*email must be an email/],
  },
];
