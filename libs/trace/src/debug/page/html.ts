import { sha256 } from '../../model/hash.js';
import type { TextResponse } from '../http/debug-reply.js';

/** Escapes text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface Html {
  title: string;
  /** Further elements of the head. */
  head?: string;
  style: string;
  body: string;
}

/**
 * A page that loads and runs nothing: no script, no image, no frame, and only the style sheet whose hash the policy
 * contains. It replaces the policy of helmet, whose `upgrade-insecure-requests` breaks plain http.
 */
export function htmlAnswer({ title, head = '', style, body }: Html): TextResponse {
  const styleHash = sha256(style).toString('base64');
  return {
    type: 'text/html; charset=utf-8',
    text:
      `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">` +
      `<title>${escapeHtml(title)}</title>${head}<style>${style}</style></head><body>${body}</body></html>\n`,
    headers: {
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'X-Frame-Options': 'DENY',
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
  };
}

/**
 * The relative URL of the routes below the page, with a slash at the end: a proxy may add a prefix to the path. A page at
 * `/debug/` is one level deeper than a page at `/debug`.
 */
export function baseOf(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return last === '' ? './' : `./${last}/`;
}
