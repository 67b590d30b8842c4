import { usageError } from '../cli-error.js';

/** URL of a server's debug routes, with the token of its start-up link where that link was given. */
export interface BaseUrl {
  /** Without a slash at its end. */
  href: string;
  token?: string;
  /** The server is on this machine: only then may the local directory replace it, and receive the local token. */
  loopback: boolean;
}

/**
 * `http://host:8000` means `http://host:8000/debug`; a URL with a path (`/api/debug`) is taken as it is. The link that
 * the application logs at start-up (`…/debug?token=…`) works too.
 */
export function parseBaseUrl(text: string, origin: string): BaseUrl {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw usageError(`${origin}: '${text}' is no URL; an example is http://localhost:8000`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw usageError(`${origin}: '${text}' must begin with http:// or https://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw usageError(
      `${origin}: take the name and password out of the URL; the token goes into --token-file or TRACE_TOKEN`,
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return {
    href: `${url.origin}${path === '' ? '/debug' : path}`,
    token: url.searchParams.get('token') || undefined,
    loopback: isLoopback(url.hostname),
  };
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0|\[::\])$/i.test(hostname);
}
