import { MESSAGING_DIALECTS } from '../../../libs/trace/src/capture/outgoing/dialects/messaging/messaging-dialects.js';
import type {
  BodyCopy,
  OutgoingRequest,
  OutgoingResponse,
  SentMessage,
} from '../../../libs/trace/src/capture/outgoing/outgoing-dialect.js';

/** A request: an object is sent as JSON, `URLSearchParams` as a form, `FormData` as multipart, a text as it is. */
export interface CallRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The answer: an object is JSON, a text plain text. */
export interface CallAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  ended?: OutgoingResponse['ended'];
}

/** A call as the wire hands it to a dialect, without any network. */
export function callOf(url: string, request: CallRequest, answer: CallAnswer): [OutgoingRequest, OutgoingResponse] {
  const { host, pathname, searchParams } = new URL(url);
  const [text, type] = textOf(request.body);
  const [answerText, answerType] = textOf(answer.body);
  return [
    {
      method: request.method ?? 'POST',
      host,
      path: pathname,
      query: searchParams,
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...request.headers },
      body: bodyOf(text, type),
    },
    {
      status: answer.status ?? 200,
      headers: { ...(answerType === undefined ? {} : { 'content-type': answerType }), ...answer.headers },
      body: bodyOf(answerText, answerType),
      ended: answer.ended ?? 'whole',
      timeAt: () => undefined,
    },
  ];
}

/** Name of the dialect that reads a call, and the messages that it finds; `undefined`: no dialect reads it. */
export function messagesOf(
  url: string,
  request: CallRequest,
  answer: CallAnswer,
): { dialect: string; messages: SentMessage[] } | undefined {
  const [asked, given] = callOf(url, request, answer);
  const dialect = MESSAGING_DIALECTS.find(({ match }) => match(asked));
  return dialect && { dialect: dialect.name, messages: dialect.read(asked, given) };
}

function textOf(body: unknown): [text: string, type: string | undefined] {
  if (body === undefined) return ['', undefined];
  if (body instanceof URLSearchParams) return [body.toString(), 'application/x-www-form-urlencoded'];
  if (typeof body === 'string') return [body, 'text/plain'];
  if (body instanceof Map) return [multipart(body as Map<string, string>), 'multipart/form-data; boundary=b0undary'];
  return [JSON.stringify(body), 'application/json'];
}

function multipart(fields: Map<string, string>): string {
  const parts = [...fields].map(([name, value]) => {
    const file = name === 'file' ? '; filename="a.bin"\r\nContent-Type: application/octet-stream' : '';
    return `--b0undary\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  });
  return `${parts.join('')}--b0undary--\r\n`;
}

/** A body that is whole. */
export function bodyOf(text: string, type: string | undefined): BodyCopy {
  return {
    size: Buffer.byteLength(text),
    text,
    tail: '',
    whole: true,
    json: () => {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    },
    form: () => (type?.includes('form-urlencoded') ? new URLSearchParams(text) : undefined),
  };
}
