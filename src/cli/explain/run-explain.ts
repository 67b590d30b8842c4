import { explain, type WebhookRequest } from '../../../libs/trace/src/capture/request/explain.js';
import { explainMarkdown, explainText } from './explain-text.js';
import { explainAnswer, type ExplainResponse } from './explanation.js';
import { bodyBytes, readBody } from './read-body.js';

/** A request as the command line describes it. */
export interface DescribedRequest {
  /** File with the body; `-` is stdin. */
  file: string;
  /** Path and query. */
  target: string;
  method: string;
  headers: Record<string, string>;
  contentType: string | undefined;
}

/** Reads the body and explains it. One module, so that the command loads one part of the program. */
export async function runExplain({
  file,
  target,
  method,
  headers,
  contentType,
}: DescribedRequest): Promise<ExplainResponse> {
  const type = contentType ?? headers['content-type'];
  const { body, as } = readBody(await bodyBytes(file), type);
  const [path = '', search = ''] = target.split(/\?(.*)/s);
  const request: WebhookRequest = {
    method: method.toUpperCase(),
    path,
    headers: type === undefined ? headers : { ...headers, 'content-type': type },
    query: Object.fromEntries(new URLSearchParams(search)),
    body,
  };
  return explainAnswer(request, as, explain(request));
}

export { explainMarkdown, explainText };
