import type { RefusedReply } from '../api/responses.js';
import { oneLine, visible } from '../format/visible.js';
import type { Reply } from '../model/spoken.js';
import { Icon } from './icon.js';
import { Moment } from './moment.js';

/** How a reply became known, where the application did not report it itself. */
const VIA: Record<string, string> = {
  http: 'seen in the call to the provider',
  response: 'in the response of the webhook',
};

/** Leads to the event: a link, or on the page of its own trace a button. */
interface Where {
  href?: string;
  onShow?: () => void;
}

/** A reply that was sent. */
export function ReplyBubble({ reply: { timestamp, text, channel, via }, ...where }: Where & { reply: Reply }) {
  const how = via === undefined ? '' : Object.hasOwn(VIA, via) ? (VIA[via] ?? '') : via;
  return (
    <div class="bubble bubble-out">
      <p class="bubble-text">{text === null ? <i>sent, without a text</i> : <bdi>{visible(text)}</bdi>}</p>
      <p class="bubble-meta">
        <Moment at={timestamp} />
        {[channel ?? '', how].filter(Boolean).map((part) => ` · ${oneLine(part, 40)}`)}
        <ShowStep {...where} />
      </p>
    </div>
  );
}

/** A reply that its provider refused: the contact did not get it. */
export function RefusedBubble({ reply, ...where }: Where & { reply: RefusedReply }) {
  const { timestamp, text, channel, provider, status, code, reason } = reply;
  const number =
    code === undefined || code === String(status) ? status : status === undefined ? code : `${status} (${code})`;
  return (
    <div class="bubble bubble-out bubble-refused">
      <p class="bubble-text">{text === undefined ? <i>without a text</i> : <bdi>{visible(text)}</bdi>}</p>
      <p class="bubble-why">
        <Icon name="error" />
        <strong>Refused</strong>
        <bdi>{oneLine([provider && `by ${provider}:`, number, reason].filter(Boolean).join(' '), 300)}</bdi>
      </p>
      <p class="bubble-meta">
        <Moment at={timestamp} />
        {channel !== undefined && channel !== provider && ` · ${oneLine(channel, 40)}`}
        <ShowStep {...where} />
      </p>
    </div>
  );
}

function ShowStep({ href, onShow }: Where) {
  if (href === undefined && onShow === undefined) return null;
  return (
    <>
      {' · '}
      {href === undefined ? (
        <button type="button" class="quiet" onClick={onShow}>
          show the step
        </button>
      ) : (
        <a href={href}>show the step</a>
      )}
    </>
  );
}
