import { Inject, Injectable, Logger, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { rawResponse, removeCorsHeaders } from './http-types.js';
import type { DebugResponse } from './http-types.js';
import { errorAnswer } from './error-response.js';
import { HiddenException } from './hidden.exception.js';

/** On every answer: nobody keeps it, guesses its type or embeds it elsewhere. */
const SAFE_HEADERS: Record<string, string> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export interface TextResponse {
  type: string;
  /** Bytes for what is no text, or is compressed already. */
  text: string | Uint8Array;
  status?: number;
  headers?: Record<string, string>;
}

/**
 * Sends answers by the adapter itself, so that no interceptor of the application wraps them in an envelope, and as
 * finished text, so that no JSON replacer or serialisation hook rewrites them. Errors are answered here as well: an
 * application's `catchError` interceptor never sees them, and it could leave the request without any answer.
 */
@Injectable()
export class DebugReply {
  private readonly logger = new Logger('TraceCollector');

  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  /** Answers what `work` resolves to, as JSON. */
  async json(response: DebugResponse, work: () => Promise<object>): Promise<void> {
    await this.text(response, async () => ({
      type: 'application/json; charset=utf-8',
      text: JSON.stringify(await work()),
    }));
  }

  /** Answers what `work` resolves to, as it is. */
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
