import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import { readReply } from '../../model/vocabulary.js';
import type { EventDto, RefusedReply } from '../../contract/responses.js';
import { asRecord } from '../events/event-data.js';

/** A `message_failed` event as a part of a conversation. */
export function refusedReply({ dto, at }: { dto: EventDto; at: Micros }): RefusedReply {
  const { provider, status, code, reason } = asRecord(dto.data);
  const { text, channel } = readReply(dto.data);
  return {
    seq: dto.seq,
    timestamp: isoMicros(at),
    ...(text !== undefined && { text }),
    ...(channel !== undefined && { channel }),
    ...(typeof provider === 'string' && { provider }),
    ...(typeof status === 'number' && { status }),
    ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
    ...(typeof reason === 'string' && { reason }),
  };
}
