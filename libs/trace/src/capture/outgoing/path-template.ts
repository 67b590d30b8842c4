const BOT_TOKEN = /(\/(?:file\/)?bot)\d+(?::|%3a)[\w-]+/gi;

/** A path or URL without the token of a Telegram bot. */
export function withoutBotToken(path: string): string {
  return path.includes('bot') ? path.replace(BOT_TOKEN, '$1{token}') : path;
}

/**
 * A path as the name of a place: ids, tokens, numbers, addresses and texts in it become `{id}`. Versions, words and names
 * of models stay.
 */
export function pathTemplate(path: string): string {
  return withoutBotToken(path)
    .split('/')
    .map((segment) => (isValue(segment) ? '{id}' : segment))
    .join('/');
}

const DATE_VERSION = /^\d{4}-\d{2}-\d{2}$/;
const ESCAPED_MARKS = /%(?:3a|2f|7b|7d)/gi;

function isValue(segment: string): boolean {
  if (segment === '' || segment === 'bot{token}' || DATE_VERSION.test(segment)) return false;
  const text = segment.replace(ESCAPED_MARKS, ':');
  if (text.length > 80 || /[@%+~]/.test(text) || /^\d+$/.test(text)) return true;
  return text.split(/[-._:,;=()!$&'*]+/).some(isOpaque);
}

/** Whether a part without marks is an id or a token: no word, version, date or size such as `70b`. */
function isOpaque(part: string): boolean {
  const { length } = part;
  if (length < 8) return false;
  const digits = part.replace(/\D/g, '').length;
  if (digits === length) return length > 8;
  if (digits === 0) return length >= 30;
  if (length >= 16 || (length >= 10 && digits >= 2)) return true;
  // `T00000000` of Slack, `a1b2c3d4` of a short hash.
  return digits >= 3 && (/^[A-Z\d]+$/.test(part) || /^[\da-f]+$/.test(part));
}
