import { sha256 } from '../../model/hash.js';
import type { TextResponse } from '../http/debug-reply.js';
import { escapeHtml } from './html.js';

const STYLE =
  ':root{color-scheme:light dark}#app:not([data-running]) form,#app:not([data-running]) p{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:1rem auto;padding:0 1rem}' +
  '#app:not([data-running]) input{font:inherit;box-sizing:border-box;width:100%;padding:.5rem;margin:.25rem 0 .75rem}' +
  '#app:not([data-running]) button{font:inherit;padding:.5rem 1rem}#app:not([data-running]) h1{font:600 22px/1.3 system-ui,sans-serif;max-width:34rem;margin:14vh auto 0;padding:0 1rem}';

export interface ShellFiles {
  js: string;
  css: string;
  svg: string | undefined;
}

export interface ShellOptions {
  files: ShellFiles;
  /** Relative URL of the routes below the page, with a slash at the end. */
  base: string;
  /** Why access was denied: the page contains the sign-in form until a script replaces it. */
  denied?: string;
}

/**
 * The document of the dashboard: no data, no inline script. It also serves callers without access, because a browser that
 * follows a link from another site sends the `SameSite=Strict` cookie only with the page's own requests. Then the script
 * loads and replaces the sign-in form.
 */
export function shellPage({ files, base, denied }: ShellOptions): TextResponse {
  const styleHash = sha256(STYLE).toString('base64');
  const url = (name: string) => escapeHtml(`${base}assets/${name}`);
  const icon = files.svg === undefined ? '' : `<link rel="icon" href="${url(files.svg)}" type="image/svg+xml">`;
  return {
    type: 'text/html; charset=utf-8',
    status: denied === undefined ? 200 : 401,
    text:
      `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">` +
      `<meta name="color-scheme" content="light dark"><title>Traces</title>${icon}<style>${STYLE}</style>` +
      `<link rel="stylesheet" href="${url(files.css)}"><script type="module" src="${url(files.js)}"></script></head>` +
      `<body><div id="app">${denied === undefined ? '' : login(denied)}</div>` +
      `<noscript><p>The dashboard needs JavaScript. Without it: <a href="?plain=1">a plain list</a>, or npx nestjs-trace-collector list.</p></noscript>` +
      `</body></html>\n`,
    headers: {
      'Content-Security-Policy':
        `default-src 'none'; script-src 'self'; style-src 'self' 'sha256-${styleHash}'; connect-src 'self'; img-src 'self'; ` +
        `base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
      'X-Frame-Options': 'DENY',
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
  };
}

/** A plain form: it opens the page with the token in the URL, which the guard replaces by a cookie. */
function login(why: string): string {
  return (
    `<h1>Sign in</h1><form method="get"><p>${escapeHtml(why)}</p>` +
    `<label>Token<input name="token" type="password" autocomplete="current-password" required autofocus></label>` +
    `<button>Sign in</button></form>`
  );
}
