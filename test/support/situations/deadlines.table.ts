import { traceReply } from 'nestjs-trace-collector';
import { leave, timed, to } from './acts.js';
import { lateWork } from './http.controller.js';
import { CLIENT_LEFT, MAX_MS, REPLIED, REPLY_WITHIN_MS, type Situation, WELL } from './situation.js';

/** Ends by a deadline: a hang, a reply that is due. */
export const DEADLINES_SITUATIONS: readonly Situation[] = [
  timed({
    name: 'a hung model call',
    act: to('hung-step'),
    status: 'timeout',
    code: 201,
    hints: [/^⏰ Timed out: llm gpt was still open after /, /^📭 No reply was recorded/],
    exactMs: MAX_MS,
  }),
  timed({
    name: 'a handler that never answers',
    act: (stage) => void to('hung')(stage).catch(() => undefined),
    status: 'timeout',
    hints: ['⏰ Timed out: its work did not end in time'],
    exactMs: MAX_MS,
  }),
  timed({
    name: 'no reply in time',
    act: to('step'),
    status: 'silent',
    code: 201,
    hints: [/^🔇 Silent: no error and no reply was /],
    exactMs: REPLY_WITHIN_MS,
  }),
  timed({ name: 'a reply in time', act: to('reply'), status: 'completed', code: 201, hints: [WELL], summary: REPLIED }),
  timed({
    name: 'a reply too late',
    act: to('late'),
    late: ({ id }) => lateWork.get(id)!(() => traceReply('sorry')),
    status: 'silent',
    code: 201,
    hints: [/^🔇 Silent/, /^🕓 1 late event/],
    summary: REPLIED,
    exactMs: REPLY_WITHIN_MS,
  }),
  timed({
    name: 'a notice, which needs no reply',
    act: to('step', { body: undefined }),
    status: 'completed',
    code: 201,
    hints: [WELL],
  }),
  timed({
    name: 'an error instead of a reply',
    act: to('throws'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.throws: boom/],
  }),
  timed({
    name: 'the client leaves and gets no reply',
    act: leave('slow'),
    status: 'silent',
    code: 499,
    hints: [/^🔇 Silent/, CLIENT_LEFT],
    exactMs: REPLY_WITHIN_MS,
  }),
];
