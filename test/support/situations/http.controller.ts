import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Body,
  Controller,
  HttpCode,
  NotFoundException,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  ServiceUnavailableException,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import { interval, map, of, take, tap, throwError } from 'rxjs';
import { bindTrace, traceError, traceEvent, traceReply, traceRoute, waitUntil } from 'nestjs-trace-collector';
import { Desk } from './desk.js';
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

/** Each exit of a handler, with a separate route. */
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
