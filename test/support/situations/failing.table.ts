import { traceError } from 'nestjs-trace-collector';
import { plain, to } from './acts.js';
import { lateWork } from './http.controller.js';
import { type Situation } from './situation.js';

/** Handlers that fail, and the response to the failure. */
export const FAILING_SITUATIONS: readonly Situation[] = [
  plain({
    name: 'an error after the end',
    act: to('late'),
    late: ({ id }) => lateWork.get(id)!(() => traceError('audit', new Error('too late'))),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in audit: too late/, /^🕓 1 late event/],
  }),
  plain({
    name: 'a handler throws',
    act: to('throws'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.throws: boom/],
  }),
  plain({
    name: 'a step rejects and the handler with it',
    act: to('rejects'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in crm_broken: CRM is down/],
  }),
  plain({
    name: 'a handler throws a 404',
    act: to('not-found'),
    status: 'error',
    code: 404,
    hints: [/^🚫 Refused: HTTP 404.*no such lead/],
  }),
  plain({
    name: 'a handler throws a 503',
    act: to('unavailable'),
    status: 'error',
    code: 503,
    hints: [/^❌ ServiceUnavailableException in SituationsController\.unavailable: CRM is closed/],
  }),
  plain({
    name: 'a handler answers 404 by itself',
    act: to('says-404'),
    status: 'error',
    code: 404,
    hints: [/^🚫 Refused: HTTP 404.*unknown lead/],
  }),
  plain({
    name: 'a handler answers 500 by itself',
    act: to('says-500'),
    status: 'error',
    code: 500,
    hints: [/^❌ HttpStatusError in POST \/webhook\/says-500: 500 no luck/],
  }),
  plain({
    name: 'a filter answers an error with 200',
    act: to('filter'),
    status: 'error',
    code: 200,
    hints: [/^❌ Error in RefusingController\.filter: hidden/],
  }),
  plain({
    name: 'a step catches an error',
    act: to('caught'),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in crm_broken: CRM is down \((caught|handled) in careful\)/],
  }),
  plain({
    name: 'traceError',
    act: to('reported'),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in billing: no card/],
  }),
  plain({
    name: 'a throw after the answer',
    act: to('throws-late'),
    status: 'error',
    code: 202,
    hints: [/^❌ Error in SituationsController\.throwsLate: too late \(thrown after the response was sent\)/],
    atLeastMs: 60,
  }),
  plain({
    name: 'waitUntil rejects',
    act: to('wait-until-rejects'),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in waitUntil: background/],
    atLeastMs: 60,
  }),
  plain({
    name: 'an answer that cannot be serialised',
    act: to('circular'),
    status: 'error',
    code: 500,
    hints: [/^❌ /],
  }),
  plain({
    name: 'a file that breaks off',
    act: (stage) =>
      to('file-breaks')(stage)
        .then((response) => response.text())
        .catch(() => undefined),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in SituationsController\.fileBreaks: disk error/],
  }),
  plain({
    name: 'an Observable that fails',
    act: to('observable-fails'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.observableFails: stream failed/],
  }),
];
