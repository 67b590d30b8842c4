import { sha256 } from '../../model/hash.js';
import type { TextResponse } from '../http/debug-reply.js';

/** Text of anybody's to HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface Html {
  title: string;
  /** Of the head, besides what every page has. */
  head?: string;
  style: string;
  body: string;
}

/**
 * A page that can load and run nothing: no script, no image, no frame, and only the one style sheet that its hash
 * names. Sent even where helmet sets a policy of its own, whose `upgrade-insecure-requests` breaks plain http.
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
