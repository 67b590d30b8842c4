import type { FullTraceResponse } from '../api/responses.js';
import { visible } from '../format/visible.js';
import { spokenIn } from '../model/spoken.js';
import { setParams } from '../state/route.js';
import { RefusedBubble, ReplyBubble } from './bubbles.js';
import { Moment } from './moment.js';

const show = (seq: number) => setParams({ tab: undefined, e: String(seq) });

/** What the contact wrote in this trace, what was answered, and which answers were refused. */
export function ConversationTab({ trace }: { trace: FullTraceResponse }) {
  const spoken = spokenIn(trace);
  if (spoken.length === 0) return <p class="muted">No message was received or sent in this trace.</p>;
  return (
    <ol class="chat chat-one" aria-label="Conversation of this trace, oldest first">
      {spoken.map((one) =>
        one.kind === 'in' ? (
          <li key={one.seq} class="turn">
            <div class="bubble bubble-in">
              <p class="bubble-text">
                {one.text === null || one.text === '' ? <i>no message</i> : <bdi>{visible(one.text)}</bdi>}
              </p>
              <p class="bubble-meta">
                <Moment at={one.timestamp} />
              </p>
            </div>
          </li>
        ) : (
          <li key={one.reply.seq} class="turn">
            {one.kind === 'out' ? (
              <ReplyBubble reply={one.reply} onShow={() => show(one.reply.seq)} />
            ) : (
              <RefusedBubble reply={one.reply} onShow={() => show(one.reply.seq)} />
            )}
          </li>
        ),
      )}
    </ol>
  );
}
