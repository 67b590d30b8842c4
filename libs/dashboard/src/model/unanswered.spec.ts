import type { ConversationTurn } from '../api/responses.js';
import { isMessage, isUnanswered } from './unanswered.js';

const turn = (more: object) =>
  ({
    trace: { status: 'completed' },
    message: 'hola',
    direction: 'inbound',
    duplicate_of: null,
    replies: [],
    debug_hints: [],
    ...more,
  }) as unknown as ConversationTurn;

it.each<[string, object, boolean, boolean]>([
  ['a message', {}, true, true],
  ['a message without a direction', { direction: null }, true, true],
  ['an answered message', { replies: [{}] }, true, false],
  ['a redelivery', { duplicate_of: 't1' }, true, false],
  ['a message in progress', { trace: { status: 'active' } }, true, false],
  ['a message that a job answered', { debug_hints: ['🔗 The reply was sent in t2'] }, true, false],
  ['a delivery receipt', { message: null }, false, false],
  ['a copy of a sent message', { direction: 'outbound' }, false, false],
])('%s', (_, more, message, unanswered) => {
  expect([isMessage(turn(more)), isUnanswered(turn(more))]).toEqual([message, unanswered]);
});
