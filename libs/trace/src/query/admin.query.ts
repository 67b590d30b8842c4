import type { EraseResponse, PinResponse } from '../contract/responses.js';
import type { EraseOptions } from '../store/port.js';
import { capability } from './capabilities.js';
import { recordedContact } from './lists/contact.query.js';
import { findTrace, noTrace } from './trace/find-trace.js';
import type { QueryContext } from './query-context.js';

export async function pinTrace(context: QueryContext, id: string, pinned: boolean): Promise<PinResponse> {
  const admin = capability(context.store, 'admin');
  const { traceId } = (await findTrace(context, id)).head;
  // Deleted between the two questions.
  if (!(await admin.pin(traceId, pinned))) throw noTrace(traceId);
  return { trace_id: traceId, pinned };
}

export async function clearTraces(
  { store }: QueryContext,
  options: { keepErrors: boolean },
): Promise<{ removed: number }> {
  return capability(store, 'admin').clear(options);
}

export async function eraseContact(
  { store }: QueryContext,
  contactId: string,
  options: EraseOptions = {},
): Promise<EraseResponse> {
  const erased = await capability(store, 'admin').erase(recordedContact(contactId), options);
  const { removed, pending, instances } = erased;
  return { removed, ...(pending > 0 && { pending }), ...(instances && { instances }) };
}
