import { clipText, oneLine } from '../../views/text/visible-text.js';
import type { Alert } from '../alert.js';

/** Slack refuses longer headers, and longer texts in sections. */
const MAX_HEADER = 150;
const MAX_TEXT = 2_000;
const MAX_FACTS = 10;

/** The body of a Slack message. All texts are plain: Slack then makes no mention, link or emoji of them. */
export function slackMessage(alert: Alert): string {
  const { title, text, facts, link, instance, service, captured } = alert;
  const fields = Object.entries(facts)
    .slice(0, MAX_FACTS)
    .map(([name, value]) => plain(`${name}: ${value}`, 200));
  const quoted = captured?.message === undefined ? [] : [section(clipText(captured.message, MAX_TEXT))];
  return JSON.stringify({
    // Shown in notifications. Here Slack reads its markup, so the signs of it are escaped.
    text: escaped(clipText(oneLine(title), 300)),
    blocks: [
      { type: 'header', text: plain(title, MAX_HEADER) },
      section(text),
      ...quoted,
      ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
      ...(link === null ? [] : [{ type: 'actions', elements: [openButton(link)] }]),
      { type: 'context', elements: [plain([service, instance].filter(Boolean).join(' · '), 300)] },
    ],
  });
}

function section(text: string): object {
  return { type: 'section', text: plain(text, MAX_TEXT) };
}

function plain(text: string, most: number): object {
  return { type: 'plain_text', emoji: false, text: clipText(oneLine(text), most - 1) || '–' };
}

function openButton(url: string): object {
  return { type: 'button', text: { type: 'plain_text', text: 'Open' }, url };
}

/** `<`, `>` and `&` begin mentions and links in Slack's markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
