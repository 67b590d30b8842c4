import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ArgumentMetadata,
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  ConflictException,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  HttpCode,
  Injectable,
  NotFoundException,
  type NestInterceptor,
  type PipeTransform,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  ServiceUnavailableException,
  Sse,
  StreamableFile,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { interval, map, NEVER, type Observable, of, take, tap, throwError } from 'rxjs';
import { bindTrace, Traced, traceError, traceEvent, traceReply, traceRoute, waitUntil } from 'nestjs-trace-collector';
import { Meetings } from './situation.js';

/** Express's response, or Fastify's reply. */
interface AnyResponse {
  status(code: number): AnyResponse;
  send(body: unknown): unknown;
}

/** Express's request is Node's, Fastify's has it as `raw`. */
interface AnyRequest {
  raw?: IncomingMessage;
}

/** Resolves some time after the client went away. */
async function leftBy(request: AnyRequest): Promise<void> {
  await once((request.raw ?? (request as IncomingMessage)).socket, 'close');
  await delay(60);
}

/** Requests that a client abandons once their handler runs. */
export const arrivals = new Meetings();
/** Work bound to a trace, for after its end. */
export const lateWork = new Map<string, (work: () => void) => void>();

@Injectable()
class DenyGuard implements CanActivate {
  canActivate = () => false;
}

@Injectable()
class SignatureGuard implements CanActivate {
  canActivate(): never {
    throw new UnauthorizedException('bad signature');
  }
}

@Injectable()
class BrokenGuard implements CanActivate {
  canActivate(): never {
    throw new TypeError('no key set');
  }
}

@Injectable()
class TracingGuard implements CanActivate {
  canActivate(): boolean {
    traceEvent('signature_checked', { valid: false });
    return false;
  }
}

@Injectable()
class EmailPipe implements PipeTransform {
  transform(_value: unknown, _about: ArgumentMetadata): never {
    throw new BadRequestException(['email must be an email']);
  }
}

@Injectable()
class OnceInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, _next: CallHandler): Observable<unknown> {
    throw new ConflictException('already handled');
  }
}

@Catch()
class FriendlyFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<AnyResponse>().status(200).send({ ok: false });
  }
}

class Desk {
  @Traced({ kind: 'tool', name: 'crm_update' })
  async update(ms = 0): Promise<string> {
    if (ms > 0) await delay(ms);
    return 'ok';
  }

  @Traced({ kind: 'tool', name: 'crm_broken' })
  async broken(): Promise<never> {
    throw new Error('CRM is down');
  }

  @Traced({ kind: 'node', name: 'careful' })
  async careful(): Promise<string> {
    return this.broken().catch(() => 'later');
  }

  @Traced({ kind: 'llm', name: 'gpt' })
  hung(): Promise<never> {
    return new Promise(() => undefined);
  }

  @Traced({ kind: 'agent', name: 'watcher' })
  endless(): Observable<never> {
    return NEVER;
  }
}

/** Each exit of a handler, with a route of its own. */
@Controller('webhook')
export class SituationsController {
  private readonly desk = new Desk();

  @Post('nothing') nothing() {
    return 'ok';
  }

  @Post('step') step() {
    return this.desk.update();
  }

  @Post('reply') async reply() {
    await this.desk.update();
    traceReply('¡Hola!');
  }

  @Post('early') @HttpCode(202) early() {
    void delay(60).then(() => this.desk.update());
    return 'accepted';
  }

  @Post('early-res') async earlyRes(@Res() response: AnyResponse) {
    response.status(202).send('accepted');
    await delay(120);
    traceReply('done');
  }

  @Post('throws') throws() {
    throw new Error('boom');
  }

  @Post('rejects') async rejects() {
    await this.desk.broken();
  }

  @Post('not-found') notFound() {
    throw new NotFoundException('no such lead');
  }

  @Post('unavailable') unavailable() {
    throw new ServiceUnavailableException('CRM is closed');
  }

  @Post('says-404') says404(@Res() response: AnyResponse) {
    response.status(404).send({ message: 'unknown lead' });
  }

  @Post('says-500') says500(@Res() response: AnyResponse) {
    response.status(500).send({ message: 'no luck' });
  }

  @Post('redirect') @Redirect('/elsewhere', 302) redirect() {
    return undefined;
  }

  @Post('denied') @UseGuards(DenyGuard) denied() {
    return 'never';
  }

  @Post('signature') @UseGuards(SignatureGuard) signature() {
    return 'never';
  }

  @Post('broken-guard') @UseGuards(BrokenGuard) brokenGuard() {
    return 'never';
  }

  @Post('tracing-guard') @UseGuards(TracingGuard) tracingGuard() {
    return 'never';
  }

  @Post('pipe') pipe(@Body(EmailPipe) _body: unknown) {
    return 'never';
  }

  @Post('interceptor') @UseInterceptors(OnceInterceptor) interceptor() {
    return 'never';
  }

  @Post('filter') @UseFilters(FriendlyFilter) filter() {
    throw new Error('hidden');
  }

  @Post('caught') caught() {
    return this.desk.careful();
  }

  @Post('reported') reported() {
    traceError('billing', new Error('no card'));
    return 'ok';
  }

  @Post('throws-late') async throwsLate(@Res() response: AnyResponse) {
    response.status(202).send('accepted');
    await delay(60);
    throw new Error('too late');
  }

  @Post('circular') circular() {
    const value: Record<string, unknown> = {};
    value.self = value;
    return value;
  }

  @Post('file-breaks') fileBreaks() {
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(70_000, 'x');
      await delay(20);
      throw new Error('disk error');
    }
    return new StreamableFile(Readable.from(chunks()));
  }

  @Post('file-endless') fileEndless(@Query('s') id: string) {
    async function* chunks(): AsyncGenerator<Buffer> {
      for (;;) {
        yield Buffer.alloc(1_000, 'x');
        await delay(10);
        arrivals.arrive(id);
      }
    }
    return new StreamableFile(Readable.from(chunks()));
  }

  @Post('observable') observable() {
    traceEvent('looked');
    return of('a');
  }

  @Post('observable-fails') observableFails() {
    return throwError(() => new Error('stream failed'));
  }

  @Post('observable-endless') observableEndless(@Query('s') id: string) {
    arrivals.arrive(id);
    return this.desk.endless();
  }

  @Post('slow') async slow(@Query('s') id: string, @Req() request: AnyRequest) {
    arrivals.arrive(id);
    await leftBy(request);
    traceEvent('went_on');
    return 'nobody is there';
  }

  @Post('slow-throws') async slowThrows(@Query('s') id: string, @Req() request: AnyRequest) {
    arrivals.arrive(id);
    await leftBy(request);
    throw new Error('and it failed');
  }

  @Post('upload') upload(@Body() _body: unknown) {
    return 'never';
  }

  @Post('wait-until') waitUntil() {
    waitUntil(delay(140));
    return 'ok';
  }

  @Post('wait-until-rejects') waitUntilRejects() {
    waitUntil(delay(60).then(() => Promise.reject(new Error('background'))));
    return 'ok';
  }

  @Post('late') late(@Query('s') id: string) {
    traceEvent('looked');
    lateWork.set(
      id,
      bindTrace((work) => work()),
    );
    return 'ok';
  }

  @Post('loop') loop() {
    for (const [from, to] of ['ab', 'ba', 'ab', 'ba']) traceRoute(`agent_${from}`, `agent_${to}`);
    traceReply('hm');
  }

  @Post('score-zero') scoreZero() {
    traceEvent('intelligence_analysis', { lead_score: 0, suggested_agent: 'maria' });
    traceReply('hm');
  }

  @Post('agent-only') agentOnly() {
    traceRoute('supervisor', 'sofia');
    return 'ok';
  }

  @Post('hung-step') hungStep() {
    void this.desk.hung();
    return 'ok';
  }

  @Post('hung') hung() {
    return new Promise(() => undefined);
  }

  @Post('reply-late') replyLate() {
    void delay(REPLY_LATE_MS).then(() => traceReply('sorry'));
    return 'ok';
  }

  @Sse('sse') sse(@Query('s') id: string) {
    return interval(10).pipe(
      take(4),
      map((n) => ({ data: `n${n}` })),
      tap({ complete: () => traceEvent('source_done', { id }) }),
    );
  }

  @Sse('sse-endless') sseEndless(@Query('s') id: string) {
    return interval(10).pipe(
      map((n) => ({ data: `n${n}` })),
      tap(({ data }) => data === 'n3' && arrivals.arrive(id)),
    );
  }

  @Sse('sse-fails') sseFails() {
    return of(1).pipe(
      map(() => {
        throw new Error('feed broke');
      }),
    );
  }
}

/** Later than a reply is due in the application `deadlines`. */
const REPLY_LATE_MS = 1_000;
