import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../model/hash.js';
import { header, requestUrl } from '../http/http-types.js';
import type { DebugRequest } from '../http/http-types.js';
import { isWrite } from './cross-site.js';

/** How a caller presented the token. `url`: valid, but in the URL, from which it is removed. */
export type Shown = 'none' | 'wrong' | 'header' | 'cookie' | 'url';

/** The token, and the cookie that replaces it in a browser. */
export class Credential {
  private readonly digest: Buffer;
  /**
   * A digest, not the token: a configured token may have characters that a cookie cannot, and a cookie that leaks does
   * not hand out the token itself.
   */
  readonly cookieValue: string;
  /** Derived from the token: cookies are shared by all ports of a host. */
  readonly cookieName: string;

  constructor(token: string) {
    this.digest = sha256(token);
    this.cookieValue = sha256(`cookie\0${token}`).toString('base64url');
    this.cookieName = `trace_debug_${sha256(this.cookieValue).toString('hex').slice(0, 8)}`;
  }

  /** Looks in the header, the cookie and, for requests that change nothing, the address. */
  shownBy(request: DebugRequest): Shown {
    const bearer = /^bearer +(.+)$/i.exec(header(request, 'authorization') ?? '')?.[1]?.trim();
    if (bearer !== undefined && this.matches(bearer)) return 'header';
    const cookies = cookiesNamed(this.cookieName, header(request, 'cookie'));
    if (cookies.some((value) => timingSafeEqual(sha256(value), sha256(this.cookieValue)))) return 'cookie';
    const inUrl = isWrite(request) ? [] : requestUrl(request).search.getAll('token');
    if (inUrl.length === 1 && this.matches(inUrl[0] as string)) return 'url';
    return bearer === undefined && inUrl.length === 0 ? 'none' : 'wrong';
  }

  /** Compares hashes of equal length, so that the time reveals neither the first difference nor the token's length. */
  private matches(text: string): boolean {
    return timingSafeEqual(sha256(text), this.digest);
  }
}

function cookiesNamed(name: string, cookies: string | undefined): string[] {
  return (cookies ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
