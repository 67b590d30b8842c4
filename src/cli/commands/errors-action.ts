import type { ErrorGroupState } from '../../../libs/trace/src/contract/responses.js';

/** The state that each action of `errors` sets. */
export const ERRORS_ACTIONS = {
  resolve: 'resolved',
  ignore: 'ignored',
  reopen: 'open',
} as const satisfies Record<string, ErrorGroupState>;
