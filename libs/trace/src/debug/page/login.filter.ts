import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { DebugReply } from '../http/debug-reply.js';
import { header, requestUrl } from '../http/http-types.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { PageAssets } from './page-assets.js';
import { baseOf } from './html.js';
import { shellPage } from './shell-page.js';

/** Answers a browser without access with the sign-in form, and a program with the JSON error. */
@Catch()
export class LoginFilter implements ExceptionFilter {
  constructor(
    @Inject(DebugReply) private readonly reply: DebugReply,
    @Inject(PageAssets) private readonly assets: PageAssets,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<DebugRequest>();
    const response = http.getResponse<DebugResponse>();
    const js = this.assets.nameOf('js');
    const css = this.assets.nameOf('css');
    if (js === undefined || css === undefined || !isDenied(error) || !wantsHtml(request)) {
      this.reply.error(response, error);
      return;
    }
    const files = { js, css, svg: this.assets.nameOf('svg') };
    const base = baseOf(requestUrl(request).path);
    void this.reply.text(response, async () => shellPage({ files, base, denied: error.message }));
  }
}

function isDenied(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ACCESS_DENIED';
}

function wantsHtml(request: DebugRequest): boolean {
  return (header(request, 'accept') ?? '').includes('text/html');
}
