import { Catch, Inject, Injectable, Logger, StreamableFile } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { rawResponse, removeCorsHeaders } from './http-types.js';
import type { DebugResponse } from './http-types.js';
import { errorAnswer, HiddenException } from './error-response.js';

/** Headers of every response: no caching, no type sniffing, no embedding in other sites. */
const SAFE_HEADERS: Record<string, string> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export interface TextResponse {
  type: string;
  /** Bytes for compressed content. */
  text: string | Uint8Array;
  status?: number;
  headers?: Record<string, string>;
}

/**
 * Sends responses through the adapter, so that no interceptor of the application wraps them in an envelope, and as
 * finished text, so that no JSON replacer or serialisation hook rewrites them. It also answers errors: an application's
 * `catchError` interceptor, which could leave the request without a response, never receives them.
 */
@Injectable()
export class DebugReply {
  private readonly logger = new Logger('TraceCollector');

  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  /** Sends the result of `work` as JSON. */
  async json(response: DebugResponse, work: () => Promise<object>): Promise<void> {
    await this.text(response, async () => ({
      type: 'application/json; charset=utf-8',
      text: JSON.stringify(await work()),
    }));
  }

  /** Sends the result of `work` unchanged. */
  async text(response: DebugResponse, work: () => Promise<TextResponse>): Promise<void> {
    let answer: TextResponse;
    try {
      answer = await work();
    } catch (error) {
      this.error(response, error);
      return;
    }
    this.send(response, answer);
  }

  error(response: DebugResponse, error: unknown): void {
    if (error instanceof HiddenException) {
      this.host.httpAdapter.reply(response, error.getResponse(), error.getStatus());
      return;
    }
    const { status, body, unexpected } = errorAnswer(error);
    if (unexpected) this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error);
    const headers: Record<string, string> = {};
    if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="trace collector"';
    this.send(response, {
      type: 'application/json; charset=utf-8',
      text: JSON.stringify(body),
      status,
      headers,
    });
  }

  /** Adds a header beside others of its name. */
  append(response: DebugResponse, name: string, value: string): void {
    this.host.httpAdapter.appendHeader?.(response, name, value);
  }

  private send(response: DebugResponse, { type, text, status, headers }: TextResponse): void {
    if (rawResponse(response).headersSent) return;
    removeCorsHeaders(response);
    const { httpAdapter } = this.host;
    for (const [name, value] of Object.entries({ ...SAFE_HEADERS, ...headers, 'Content-Type': type })) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, typeof text === 'string' ? text : new StreamableFile(text), status ?? 200);
  }
}

/** Answers what guards and Nest throw on these routes. On the controllers it precedes the application's global filters. */
@Catch()
export class DebugExceptionFilter implements ExceptionFilter {
  constructor(@Inject(DebugReply) private readonly reply: DebugReply) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.reply.error(host.switchToHttp().getResponse<DebugResponse>(), error);
  }
}
