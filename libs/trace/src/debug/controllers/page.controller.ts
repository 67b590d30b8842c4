import { Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import type { TraceQueries } from '../../contract/trace-queries.js';
import { isFromOtherSite } from '../access/cross-site.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { DebugReply } from '../http/debug-reply.js';
import { header, requestUrl } from '../http/http-types.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { debugPage, forwardPage } from '../page/debug-page.js';
import { baseOf, htmlAnswer } from '../page/html.js';
import { viaProvider } from '../http/enhancer-gate.js';
import { LoginFilter } from '../page/login.filter.js';
import { PageAssets } from '../page/page-assets.js';
import { shellPage } from '../page/shell-page.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** The dashboard. With `?plain`, or without the dashboard's files, a list without script. */
@DebugRoutes()
export class PageController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: TraceQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
    @Inject(PageAssets) private readonly assets: PageAssets,
  ) {}

  @Get()
  @UseFilters(viaProvider(LoginFilter))
  page(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    const { path, search } = requestUrl(request);
    return this.reply.text(response, async () => {
      if (search.has('token')) return withoutToken(path, search, isFromOtherSite(request));
      const base = baseOf(path);
      const [js, css, svg] = (['js', 'css', 'svg'] as const).map((kind) => this.assets.nameOf(kind));
      if (js !== undefined && css !== undefined && !search.has('plain')) {
        return shellPage({ files: { js, css, svg }, base });
      }
      const [health, traces] = await Promise.all([this.queries.health(), this.queries.traces({ limit: 20 })]);
      return htmlAnswer(debugPage({ health, traces: traces.traces, base }));
    });
  }

  /** The dashboard's script, style sheet and icon. */
  @Get('assets/:file')
  asset(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.text(response, async () => {
      const { file } = request.params as { file?: unknown };
      return this.assets.answer(String(file), header(request, 'accept-encoding'));
    });
  }
}

/**
 * Removes the token from the URL, after the guard has set the cookie. A browser that followed another site's link sends
 * no `SameSite=Strict` cookie with a redirect, so it gets a page that forwards.
 */
function withoutToken(path: string, search: URLSearchParams, fromOtherSite: boolean) {
  search.delete('token');
  const query = search.size > 0 ? `?${search.toString()}` : '';
  const target = `./${path.split('/').at(-1) ?? ''}${query}`;
  if (fromOtherSite) return htmlAnswer(forwardPage(target));
  return { type: 'text/plain; charset=utf-8', text: '', status: 303, headers: { Location: target } };
}
