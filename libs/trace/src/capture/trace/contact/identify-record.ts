import type { IdentifyFields } from '../../../model/record.js';
import type { WebhookMessage } from '../../dialects/dialect.js';
import type { Identification } from '../../dialects/identify.js';
import { MAX_NOTICES } from '../../dialects/notices.js';

/** How texts and ids are made fit for a record: bounded and free of secrets. */
export interface FieldWriter {
  text(value: string): string;
  id(value: string): string;
}

/**
 * What an `identify` record says beside contact and message: which dialect read the request, the kind of the message, bad
 * news about earlier ones, unreplaced placeholders.
 * @param first the message that the trace shows
 */
export function identifiedFields(
  { dialect, messages, placeholders }: Identification,
  first: WebhookMessage | undefined,
  write: FieldWriter,
): Pick<IdentifyFields, 'dialect' | 'media' | 'edited' | 'notices' | 'placeholders'> {
  const text = (value: string | undefined): string | undefined => (value === undefined ? undefined : write.text(value));
  const id = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : write.id(value.slice(0, 256));
  const notices = messages.flatMap((message) => message.notices ?? []).slice(0, MAX_NOTICES);
  return {
    dialect,
    media: first?.media,
    edited: first?.edited ? true : undefined,
    notices:
      notices.length === 0
        ? undefined
        : notices.map((notice) => ({
            status: write.text(notice.status),
            code: text(notice.code),
            reason: text(notice.reason),
            message_id: id(notice.message_id),
            contact: id(notice.contact),
          })),
    placeholders: placeholders?.map((name) => write.text(name)),
  };
}
