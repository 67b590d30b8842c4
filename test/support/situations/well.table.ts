import { traceEvent } from 'nestjs-trace-collector';
import { plain, to } from './acts.js';
import { lateWork } from './http.controller.js';
import { NOTHING_TRACED, REPLIED, type Situation, WELL } from './situation.js';

/** Handlers that end well. */
export const WELL_SITUATIONS: readonly Situation[] = [
  plain({
    name: 'a handler without steps',
    act: to('nothing'),
    status: 'completed',
    code: 201,
    hints: [NOTHING_TRACED],
  }),
  plain({ name: 'a handler with a step', act: to('step'), status: 'completed', code: 201, hints: [WELL] }),
  plain({
    name: 'a step and a reply',
    act: to('reply'),
    status: 'completed',
    code: 201,
    hints: [WELL],
    summary: REPLIED,
  }),
  plain({
    name: 'work after an early 202',
    act: to('early'),
    status: 'completed',
    code: 202,
    hints: [WELL],
    atLeastMs: 60,
  }),
  plain({
    name: '@Res() answers first, the handler continues',
    act: to('early-res'),
    status: 'completed',
    code: 202,
    hints: [WELL],
    summary: REPLIED,
    atLeastMs: 120,
  }),
  plain({
    name: 'a message of several events without a message text',
    act: to('step', { body: undefined }),
    status: 'completed',
    code: 201,
    hints: [WELL],
  }),
  plain({
    name: 'a redirect',
    act: to('redirect'),
    status: 'completed',
    code: 302,
    hints: [NOTHING_TRACED],
  }),
  plain({ name: 'an Observable', act: to('observable'), status: 'completed', code: 201, hints: [WELL] }),
  plain({
    name: 'waitUntil',
    act: to('wait-until'),
    status: 'completed',
    code: 201,
    hints: [NOTHING_TRACED],
    atLeastMs: 140,
  }),
  plain({
    name: 'a routing loop',
    act: to('loop'),
    status: 'completed',
    code: 201,
    hints: [/^🔁 Routing loop: agent_a/],
    summary: REPLIED,
  }),
  plain({
    name: 'a lead score of 0',
    act: to('score-zero'),
    status: 'completed',
    code: 201,
    hints: [/^📉 Lead score is 0/],
    summary: { ...REPLIED, lead_score: 0 },
  }),
  plain({
    name: 'agents at work and no reply',
    act: to('agent-only'),
    status: 'completed',
    code: 201,
    hints: [/^📭 No reply was recorded/],
  }),
  plain({
    name: 'an event after the end',
    act: to('late'),
    late: ({ id }) => lateWork.get(id)!(() => traceEvent('after')),
    status: 'completed',
    code: 201,
    hints: [/^🕓 1 late event/],
  }),
];
