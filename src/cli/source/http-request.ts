import { request as plainRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** UTF-8 text in chunks. */
  body: IncomingMessage;
}

export interface HttpRequestOptions {
  method: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

const MAX_REDIRECTS = 5;

/**
 * One request with `node:http`: `fetch` takes a tenth of a second to load, and refuses ports on which applications listen
 * (6000, 6666). Follows redirects of a GET; only the first origin receives the token.
 */
export async function sendRequest(url: URL, options: HttpRequestOptions): Promise<HttpResponse> {
  let at = url;
  let { headers } = options;
  for (let redirects = 0; ; redirects += 1) {
    const response = await sendOnce(at, { ...options, headers });
    const { location } = response.headers;
    const redirected = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined;
    if (!redirected || options.method !== 'GET' || redirects === MAX_REDIRECTS) return response;
    response.body.resume();
    const next = new URL(location, at);
    if (next.origin !== at.origin) {
      const { authorization: _kept, ...rest } = headers;
      headers = rest;
    }
    at = next;
  }
}

async function sendOnce(url: URL, options: HttpRequestOptions): Promise<HttpResponse> {
  const request = url.protocol === 'https:' ? (await import('node:https')).request : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false }, (body) => {
      body.setEncoding('utf8');
      resolve({ status: body.statusCode ?? 0, headers: body.headers, body });
    });
    // Never removed: a connection that breaks later also emits here, and an unhandled error would end the program.
    sent.on('error', reject);
    sent.end();
  });
}

/** The whole body. */
export async function textOf({ body }: HttpResponse): Promise<string> {
  let text = '';
  for await (const chunk of body) text += chunk as string;
  return text;
}
