import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, HttpCode, Post, Res, Sse, StreamableFile } from '@nestjs/common';
import { finalize, interval, map, NEVER, Observable, of, take, tap, throwError } from 'rxjs';
import { Traced, traceEvent, traceReply } from 'nestjs-trace-collector';

/** Express's response, or Fastify's reply. */
interface AnyResponse {
  status(code: number): { send(body: unknown): unknown };
}

class Desk {
  @Traced({ kind: 'tool', name: 'crm_update' })
  async broken(): Promise<never> {
    throw new Error('CRM is down');
  }

  @Traced({ kind: 'agent', name: 'watcher' })
  endless(): Observable<never> {
    return NEVER;
  }
}

/**
 * Every order in which an answer, a handler and its client can end. A test waits for `arrived` before it breaks
 * something.
 */
@Controller('webhook')
export class LifecycleController {
  static arrived: () => void = () => undefined;
  private readonly desk = new Desk();

  @Post('early')
  async early(@Res() response: AnyResponse): Promise<void> {
    response.status(202).send({ ok: true });
    await delay(200);
    traceReply('done after the answer');
  }

  @Post('throws-late')
  async throwsLate(@Res() response: AnyResponse): Promise<void> {
    response.status(202).send({ ok: true });
    await delay(120);
    throw new Error('too late to tell');
  }

  @Post('caught')
  @HttpCode(200)
  async caught(): Promise<string> {
    try {
      await this.desk.broken();
    } catch {
      traceReply('sorry');
    }
    return 'ok';
  }

  @Post('circular')
  circular(): unknown {
    const value: Record<string, unknown> = {};
    value.self = value;
    return value;
  }

  @Post('file-missing')
  fileMissing(): StreamableFile {
    return new StreamableFile(createReadStream('/nonexistent/file'));
  }

  @Post('file-breaks')
  fileBreaks(): StreamableFile {
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(70_000, 'x');
      await delay(20);
      throw new Error('disk error');
    }
    return new StreamableFile(Readable.from(chunks()));
  }

  @Post('observable')
  observable(): Observable<string> {
    LifecycleController.arrived();
    return this.desk.endless();
  }

  @Post('observable-fails')
  observableFails(): Observable<string> {
    return throwError(() => new Error('stream failed'));
  }

  @Post('promise')
  async promise(): Promise<string> {
    LifecycleController.arrived();
    await delay(250);
    traceEvent('went_on');
    return 'nobody is there';
  }

  @Post('upload')
  upload(@Body() _body: unknown): string {
    return 'never';
  }

  @Sse('sse')
  sse(): Observable<{ data: string }> {
    return interval(20).pipe(
      take(5),
      map((n) => ({ data: `n${n}` })),
    );
  }

  @Sse('sse-endless')
  sseEndless(): Observable<{ data: string }> {
    return interval(10).pipe(
      map((n) => ({ data: `n${n}` })),
      tap(({ data }) => data === 'n3' && LifecycleController.arrived()),
      finalize(() => traceEvent('source_closed')),
    );
  }

  @Sse('sse-fails')
  sseFails(): Observable<{ data: string }> {
    return of(1).pipe(
      map(() => {
        throw new Error('feed broke');
      }),
    );
  }
}
