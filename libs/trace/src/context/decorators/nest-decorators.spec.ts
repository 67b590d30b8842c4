import {
  Body,
  type CanActivate,
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Injectable,
  type MessageEvent,
  Param,
  ParseIntPipe,
  Post,
  SetMetadata,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { of, type Observable } from 'rxjs';
import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import { CurrentTrace } from './current-trace.decorator.js';
import { NoTrace } from './no-trace.decorator.js';
import type { TraceContext } from '../recorder.js';
import { runWith } from '../trace-context.js';
import { currentTrace } from '../functions/trace-functions.js';
import { isNoTrace, TraceWebhook, traceWebhookOptions } from './trace-webhook.decorator.js';
import { Traced } from './traced.decorator.js';

@Injectable()
class Deny implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Lead {
  contactId!: string;
}

const Listens = (event: string) => SetMetadata('EVENT_LISTENER', event);

@Controller('above')
class Above {
  @Traced() @Post('guarded') @UseGuards(Deny) guarded() {}
  @Traced() @Get('param/:id') param(@Param('id', ParseIntPipe) id: number, @CurrentTrace() trace: TraceContext) {
    return { id, trace: trace.traceId };
  }
  @Traced() @Post('body') @HttpCode(202) async body(@Body() lead: Lead) {
    return { contact: lead.contactId };
  }
  @Traced() @Sse('events') events(): Observable<MessageEvent> {
    return of({ data: 'one' }, { data: 'two' });
  }
  @NoTrace() @Get('silent') silent() {
    return { trace: currentTrace() ?? null };
  }
  @Traced() @Listens('lead') listens() {}
}

@Controller('below')
class Below {
  @Post('guarded') @UseGuards(Deny) @Traced() guarded() {}
  @Get('param/:id') @Traced() param(@Param('id', ParseIntPipe) id: number, @CurrentTrace() trace: TraceContext) {
    return { id, trace: trace.traceId };
  }
  @Post('body') @HttpCode(202) @Traced() async body(@Body() lead: Lead) {
    return { contact: lead.contactId };
  }
  @Sse('events') @Traced() events(): Observable<MessageEvent> {
    return of({ data: 'one' }, { data: 'two' });
  }
  @Get('silent') @NoTrace() silent() {
    return { trace: currentTrace() ?? null };
  }
  @Listens('lead') @Traced() listens() {}
}

@Traced()
@Controller('whole')
class Whole {
  @Post('guarded') @UseGuards(Deny) guarded() {}
  @Get('param/:id') param(@Param('id', ParseIntPipe) id: number, @CurrentTrace() trace: TraceContext) {
    return { id, trace: trace.traceId };
  }
  @Post('body') @HttpCode(202) async body(@Body() lead: Lead) {
    return { contact: lead.contactId };
  }
  @Sse('events') events(): Observable<MessageEvent> {
    return of({ data: 'one' }, { data: 'two' });
  }
  @Get('silent') @NoTrace() silent() {
    return { trace: currentTrace() ?? null };
  }
  @Listens('lead') listens() {}
}

@NoTrace()
@Controller('quiet')
class Quiet {
  @Get() get() {
    return { trace: currentTrace() ?? null };
  }
  @TraceWebhook({ type: 'crm' }) @Get('loud') loud() {
    return { trace: currentTrace()?.traceId };
  }
}

describe('decorators of the context among Nest’s', () => {
  let app: INestApplication;
  let url: string;
  let probe: Probe;

  beforeAll(async () => {
    class AppModule {}
    app = await NestFactory.create(
      { module: AppModule, controllers: [Above, Below, Whole, Quiet], providers: [Deny] },
      { logger: false },
    );
    app.use((_request: unknown, _response: unknown, next: () => void) => runWith(probe.ref, next));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    probe = new Probe();
  });

  const post = (path: string, body: object) =>
    fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

  describe.each(['above', 'below', 'whole'])('@Traced() %s', (place) => {
    const className = `${place[0]!.toUpperCase()}${place.slice(1)}`;

    it('keeps a guarded route guarded', async () => {
      expect((await post(`/${place}/guarded`, {})).status).toBe(403);
      expect(probe.recorder.spans).toEqual([]);
    });

    it('keeps parameters and their pipes', async () => {
      const response = await fetch(`${url}/${place}/param/7`);
      expect(await response.json()).toEqual({ id: 7, trace: 'trace-1' });
      expect((await fetch(`${url}/${place}/param/seven`)).status).toBe(400);
      expect(probe.recorder.tree()).toEqual([`${className}.param:ok`]);
    });

    it('keeps the body’s type and the status', async () => {
      const response = await post(`/${place}/body`, { contactId: 'c1' });
      expect([response.status, await response.json()]).toEqual([202, { contact: 'c1' }]);
      const prototype = { above: Above, below: Below, whole: Whole }[place]!.prototype;
      expect(Reflect.getMetadata('design:paramtypes', prototype, 'body')).toEqual([Lead]);
    });

    it('keeps an event stream, as one span until its end', async () => {
      const text = await (await fetch(`${url}/${place}/events`)).text();
      expect(text.match(/data: \w+/g)).toEqual(['data: one', 'data: two']);
      expect(probe.recorder.tree()).toEqual([`${className}.events:ok`]);
    });

    it('keeps the metadata by which listeners are found', () => {
      const prototype = { above: Above, below: Below, whole: Whole }[place]!.prototype;
      expect(new Reflector().get('EVENT_LISTENER', prototype.listens)).toBe('lead');
    });

    it('keeps the route of a @NoTrace() handler, and does not trace it', async () => {
      expect(await (await fetch(`${url}/${place}/silent`)).json()).toEqual({ trace: null });
      const prototype = { above: Above, below: Below, whole: Whole }[place]!.prototype;
      expect(isNoTrace(prototype.silent)).toBe(true);
    });
  });

  it('@NoTrace() on a controller excludes its routes, except one that is a @TraceWebhook()', async () => {
    expect(await (await fetch(`${url}/quiet`)).json()).toEqual({ trace: null });
    expect(await (await fetch(`${url}/quiet/loud`)).json()).toEqual({ trace: 'trace-1' });
    expect(isNoTrace(Quiet)).toBe(true);
    expect([traceWebhookOptions(Quiet.prototype.loud), traceWebhookOptions(Quiet)]).toEqual([
      { type: 'crm' },
      undefined,
    ]);
  });
});
