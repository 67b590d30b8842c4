import { breakUpload, leave, plain } from './acts.js';
import { CLIENT_LEFT, type Situation, WELL } from './situation.js';

/** Event streams, and clients that go away. */
export const LEAVING_SITUATIONS: readonly Situation[] = [
  plain({
    name: '@Sse to its end',
    act: ({ app, id }) => fetch(`${app.url}/webhook/sse?s=${id}`).then((r) => r.text()),
    status: 'completed',
    code: 200,
    hints: [WELL],
    atLeastMs: 30,
  }),
  plain({
    name: '@Sse that fails',
    act: ({ app, id }) => fetch(`${app.url}/webhook/sse-fails?s=${id}`).then((r) => r.text()),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.sseFails: feed broke/],
  }),
  plain({
    name: '@Sse whose client leaves',
    act: leave('sse-endless', 'GET'),
    status: 'cancelled',
    code: 200,
    hints: [CLIENT_LEFT],
    atLeastMs: 30,
  }),
  plain({
    name: 'the client leaves, the handler continues',
    act: leave('slow'),
    status: 'cancelled',
    code: 499,
    hints: [CLIENT_LEFT],
    atLeastMs: 60,
  }),
  plain({
    name: 'the client leaves, the handler fails',
    act: leave('slow-throws'),
    status: 'error',
    code: 499,
    hints: [CLIENT_LEFT, /^❌ Error in SituationsController\.slowThrows: and it failed/],
    atLeastMs: 60,
  }),
  plain({
    name: 'the client leaves an Observable',
    act: leave('observable-endless'),
    status: 'cancelled',
    code: 499,
    hints: [/^🔌 .*observableEndless was cut off/],
  }),
  plain({
    name: 'the client leaves in the middle of the answer',
    act: leave('file-endless'),
    status: 'cancelled',
    code: 201,
    hints: [CLIENT_LEFT],
  }),
  plain({
    name: 'the client leaves in the middle of its upload',
    act: breakUpload,
    status: 'cancelled',
    code: 499,
    hints: [CLIENT_LEFT],
  }),
];
