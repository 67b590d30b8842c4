import type { Asked, Parameters } from '../../../libs/trace/src/contract/parameters.js';
import type { Question } from '../../../libs/trace/src/contract/question.js';
import { requestOf, type QuestionRequest } from '../../../libs/trace/src/contract/request-of.js';
import { TraceCollectorError, type ErrorCode } from '../../../libs/trace/src/model/errors.js';
import { CliError, Exit, exitOfCode } from '../cli-error.js';
import type { BaseUrl } from '../config/base-url.js';
import type { FoundToken } from '../config/token.js';
import { sendRequest, textOf, type HttpResponse } from './http-request.js';
import { connectionReason, ServerProblem } from './server-problem.js';

export interface HttpClientOptions {
  base: BaseUrl;
  /** Called for each request: a restarted server may have another token. */
  token: () => FoundToken | undefined;
  /** Milliseconds until the headers, and for JSON until the end of the response. Default: 10,000. */
  timeoutMs?: number;
  /** The address was found and not named: a missing token is a `ServerProblem`, because the directory has the same traces. */
  found?: boolean;
}

export interface OpenOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** One server's debug routes. Throws a coded error for a refusal, and `ServerProblem` where no server of ours answers. */
export class HttpClient {
  private readonly timeoutMs: number;

  constructor(private readonly options: HttpClientOptions) {
    this.timeoutMs = options.timeoutMs ?? 10_000;
  }

  get href(): string {
    return this.options.base.href;
  }

  /** Asks a question. An answer without the question's key is another program's. */
  async json<P extends Parameters, Answer extends object, Args extends unknown[]>(
    question: Question<P, Answer, Args>,
    asked: Asked<P>,
  ): Promise<Answer> {
    const deadline = new AbortController();
    const patienceMs = Math.max(this.timeoutMs, question.mayTakeMs ?? 0);
    const timer = setTimeout(() => deadline.abort(), patienceMs);
    try {
      const response = await this.send(requestOf(question, asked), {}, deadline.signal);
      const answer = parseJson(await this.text(response, deadline.signal));
      if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, question.key))
        throw this.foreign(response);
      return answer as Answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A response whose body has no end; only its headers must arrive in time. */
  async open(request: QuestionRequest, options: OpenOptions): Promise<HttpResponse> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.timeoutMs);
    try {
      return await this.send(request, options, deadline.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  private async send(
    { method, target }: QuestionRequest,
    { headers, signal }: OpenOptions,
    deadline: AbortSignal,
  ): Promise<HttpResponse> {
    const url = new URL(`${this.href}/${target}`);
    const token = this.options.token();
    let response: HttpResponse;
    try {
      response = await sendRequest(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(token ? { authorization: `Bearer ${token.token}` } : {}),
          ...headers,
        },
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.unreachable(deadline.aborted ? this.lateReason : connectionReason(error), error);
    }
    if (response.status >= 200 && response.status < 300) return response;
    const refused = refusal(response, parseJson(await this.text(response, deadline)), token, this.href);
    if (!this.options.found || !(refused instanceof TraceCollectorError) || refused.code !== 'ACCESS_DENIED') throw refused;
    throw new ServerProblem('refused', this.href, FOUND_CURE, { cause: refused });
  }

  private async text(response: HttpResponse, deadline: AbortSignal): Promise<string> {
    try {
      return await textOf(response);
    } catch (error) {
      throw this.unreachable(deadline.aborted ? this.lateReason : connectionReason(error), error);
    }
  }

  private get lateReason(): string {
    return `no answer within ${this.timeoutMs / 1000} s`;
  }

  private unreachable(reason: string, cause: unknown): ServerProblem {
    return new ServerProblem('unreachable', new URL(this.href).origin, reason, { cause });
  }

  /** The problem of a response from another program. */
  foreign(response: HttpResponse): ServerProblem {
    return new ServerProblem('foreign', this.href, `answers (${response.status}), but not with traces`);
  }
}

const FOUND_CURE = 'which --token-file or TRACE_TOKEN gives';

function refusal(response: HttpResponse, body: unknown, token: FoundToken | undefined, href: string): Error {
  const { code, message, statusCode, candidates } = (body ?? {}) as Record<string, unknown>;
  const text = typeof message === 'string' ? message : `${href} answered ${response.status}`;
  if (response.status === 401 || response.status === 403) {
    if (code === 'CROSS_SITE') return new TraceCollectorError('CROSS_SITE', text);
    return new TraceCollectorError('ACCESS_DENIED', `${text}${/[.!?]$/.test(text) ? '' : '.'} ${tokenCure(token)}`);
  }
  if (typeof code === 'string') {
    const exit = exitOfCode(code);
    if (exit !== undefined) return new TraceCollectorError(code as ErrorCode, text, candidatesOf(candidates));
    return new CliError(code, response.status === 404 ? Exit.notFound : Exit.unexpected, text);
  }
  if (response.status === 404) {
    const nest = typeof statusCode === 'number' && typeof message === 'string';
    if (nest)
      return new ServerProblem(
        'off',
        href,
        'answers 404: /debug is off there (in production without a token it is), or elsewhere',
      );
    return new ServerProblem('foreign', href, 'answers 404: another program, or /debug is elsewhere');
  }
  if ([502, 503, 504].includes(response.status)) {
    return new ServerProblem('unreachable', href, `a gateway answers ${response.status}`);
  }
  return new CliError('UNEXPECTED_ANSWER', Exit.unexpected, `${href} answered ${response.status}: ${text}`);
}

/** The traces that an ambiguous id matches; none where the server sends no valid list. */
function candidatesOf(given: unknown): { candidates?: readonly object[] } {
  return Array.isArray(given) && given.every(isListItem) ? { candidates: given } : {};
}

function isListItem(value: unknown): value is object {
  const { trace_id, contact_id, started_at, duration_ms, status, message, route } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const texts = [trace_id, contact_id, started_at, status, message ?? '', route ?? ''];
  return texts.every((text) => typeof text === 'string') && typeof duration_ms === 'number';
}

function tokenCure(token: FoundToken | undefined): string {
  if (token)
    return `The token from ${token.from} was refused: give the application's own with --token-file or TRACE_TOKEN.`;
  return 'No token was found: give it with --token-file or TRACE_TOKEN, or name the directory that holds debug-token with --dir.';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
