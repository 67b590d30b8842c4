import type { NoticeFields } from '../../model/record.js';
import { compact, idOf, own, textOf } from './fields.js';

/** Notices kept of one request. */
export const MAX_NOTICES = 20;

/** Characters kept of a reason; longer ones are a page of HTML or a stack. */
const MAX_TEXT = 1_024;

/** The notices that a dialect returns, checked; `undefined`: none. */
export function noticesOf(given: unknown): NoticeFields[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const notices = given.slice(0, MAX_NOTICES).flatMap((one: unknown) => {
    const status = textOf(own(one, 'status'))?.slice(0, 64);
    if (status === undefined) return [];
    const notice: NoticeFields = {
      status,
      code: idOf(own(one, 'code'))?.slice(0, 64),
      reason: textOf(own(one, 'reason'))?.slice(0, MAX_TEXT),
      message_id: idOf(own(one, 'message_id'))?.slice(0, 256),
      contact: idOf(own(one, 'contact')),
    };
    return [compact(notice)];
  });
  return notices.length > 0 ? notices : undefined;
}
