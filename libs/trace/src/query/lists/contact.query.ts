import { contactIdOf } from '../../model/contact-id.js';
import { TraceCollectorError } from '../../model/errors.js';
import type { StoredTrace, TraceHead, TracePage } from '../../model/trace.js';
import type { ContactResponse, ConversationResponse, QuickDebugResponse } from '../../contract/responses.js';
import { contactTimeline } from '../../views/responses/contact-timeline.js';
import { conversationTurn } from '../../views/responses/conversation.js';
import { quickDebug } from '../../views/responses/quick-debug.js';
import { usageOfTraces } from '../../views/trace/usage-dto.js';
import { assemble } from '../../views/trace/assemble.js';
import { checkedLimit, DEFAULT_LIMIT, MAX_LIMIT } from './list-traces.query.js';
import type { QueryContext } from '../query-context.js';
import { showTrace, showTraces } from '../trace/show-trace.js';

const RECENT_TRACES = 10;

export async function queryQuickDebug(context: QueryContext, contact: string): Promise<QuickDebugResponse> {
  const contactId = recordedContact(contact);
  const { heads } = await pageOf(context, contactId, RECENT_TRACES);
  const [latest] = await read(context, heads);
  if (!latest) throw noContact(contactId);
  return quickDebug(contactId, heads, await showTrace(context, latest), context.now);
}

export async function queryContact(
  context: QueryContext,
  contact: string,
  limit = MAX_LIMIT,
): Promise<ContactResponse> {
  const contactId = recordedContact(contact);
  const { heads } = await pageOf(context, contactId, checkedLimit(limit));
  const traces = await read(context, heads);
  return contactTimeline(contactId, traces.map(assemble), context.types, context.zone, context.now);
}

export async function queryConversation(
  context: QueryContext,
  contact: string,
  { limit = DEFAULT_LIMIT, before }: { limit?: number; before?: string } = {},
): Promise<ConversationResponse> {
  const { types, now } = context;
  const contactId = recordedContact(contact);
  const { heads, next } = await pageOf(context, contactId, checkedLimit(limit), before);
  const traces = await read(context, heads);
  const shown = await showTraces(context, traces);
  const turns = traces.map((stored, i) => conversationTurn(assemble(stored), shown[i]!, types, now, contactId));
  const usage = usageOfTraces(traces.map(({ head }) => head));
  return { contact_id: contactId, count: turns.length, ...(usage && { usage }), turns: turns.reverse(), next };
}

/** The contact as capture records it; an id that capture does not record is used as it is, and not found. */
export function recordedContact(contactId: string): string {
  return contactIdOf(contactId) ?? contactId;
}

/** Throws `CONTACT_NOT_FOUND` when the first page is empty. */
async function pageOf({ store }: QueryContext, contactId: string, limit: number, before?: string): Promise<TracePage> {
  const page = await store.list({ contactId, limit, before });
  if (page.heads.length === 0 && before === undefined) throw noContact(contactId);
  return page;
}

function read({ store }: QueryContext, heads: readonly TraceHead[]): Promise<StoredTrace[]> {
  return store.getMany(heads.map(({ traceId }) => traceId));
}

function noContact(contactId: string): TraceCollectorError {
  return new TraceCollectorError(
    'CONTACT_NOT_FOUND',
    `There are no traces of contact ${JSON.stringify(contactId)}. The list of traces shows the contacts there are.`,
  );
}
