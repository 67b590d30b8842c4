import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { TraceCollectorError } from '../../model/errors.js';
import { DebugReply } from '../http/debug-reply.js';
import { HiddenException } from '../http/error-response.js';
import { header, rawRequest, removeCorsHeaders } from '../http/http-types.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { crossSiteFault } from './cross-site.js';
import { DebugAccess } from './debug-access.js';
import { isForwarded, isLoopbackAddress, isLoopbackHost } from './loopback.js';
import { isHttps, mountPath } from './mount.js';

/** Nest's metadata key of a handler's path. */
const PATH_METADATA = 'path';

/** Checks every request here, also of the stream and the page: the mode, then cross-site, then guards or token. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(DebugAccess) private readonly access: DebugAccess,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<DebugRequest>();
    const response = http.getResponse<DebugResponse>();
    const routes = routesOf(context);

    if (this.access.mode === 'off') throw new HiddenException(request.method, urlOf(request));
    removeCorsHeaders(response);
    const fault = crossSiteFault(request, { page: routes.includes('/') });
    if (fault) throw new TraceCollectorError('CROSS_SITE', `Refused as cross-site: ${fault}.`);
    if (this.access.mode === 'guards') return this.askGuards(context);
    this.checkToken(request, response, routes);
    return true;
  }

  private async askGuards(context: ExecutionContext): Promise<boolean> {
    if (await this.access.askGuards(context)) return true;
    throw new ForbiddenException({
      statusCode: 403,
      code: 'ACCESS_DENIED',
      message: 'A guard of debug.guards denied access.',
      error: 'Forbidden',
    });
  }

  private checkToken(request: DebugRequest, response: DebugResponse, routes: readonly string[]): void {
    const trusted = this.access.mode === 'loopback' && isFromThisMachine(request);
    if (trusted && request.headers.authorization === undefined && !urlOf(request).includes('token=')) return;
    const credential = this.access.token();
    const shown = credential.shownBy(request);
    if (shown === 'url') this.setCookie(request, response, routes);
    if (trusted || shown === 'header' || shown === 'cookie' || shown === 'url') return;
    throw new TraceCollectorError('ACCESS_DENIED', deniedSentence(shown === 'wrong', this.access.tokenPlace));
  }

  /** Sets the cookie, so that the token leaves the URL after one use. */
  private setCookie(request: DebugRequest, response: DebugResponse, routes: readonly string[]): void {
    const { cookieName, cookieValue } = this.access.token();
    const path = mountPath(request, routes);
    const secure = isHttps(request) ? '; Secure' : '';
    this.reply.append(
      response,
      'Set-Cookie',
      `${cookieName}=${cookieValue}; Path=${path}; HttpOnly; SameSite=Strict${secure}`,
    );
  }
}

function deniedSentence(wrong: boolean, place: string | undefined): string {
  if (wrong) {
    return place === undefined
      ? 'The token is not the one of this application: take it from debug.token, or from the file debug-token in the trace directory.'
      : `The token is wrong. It is ${place}.`;
  }
  const how = place === undefined ? 'open the link with ?token= that start-up logged, or send' : 'send';
  const where = place ?? 'debug.token, or the content of the file debug-token in the trace directory';
  return `A token is needed: ${how} "Authorization: Bearer <token>". It is ${where}.`;
}

function isFromThisMachine(request: DebugRequest): boolean {
  return (
    isLoopbackAddress(rawRequest(request).socket.remoteAddress) &&
    isLoopbackHost(header(request, 'host') ?? header(request, ':authority')) &&
    !isForwarded(rawRequest(request))
  );
}

function urlOf(request: DebugRequest): string {
  return request.originalUrl ?? request.url;
}

function routesOf(context: ExecutionContext): string[] {
  return [Reflect.getMetadata(PATH_METADATA, context.getHandler()) as string | string[]].flat();
}
