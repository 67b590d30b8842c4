import assert from 'node:assert/strict';
import { Body, Controller, Injectable, Post } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { firstValueFrom, from, isObservable } from 'rxjs';
import type { SpanProbe } from '../functions/span-probe.js';
import { turns } from '../functions/turns.js';
import { PLACES, SIDES } from './class-case.js';
import type { ClassCase, Place } from './class-case.js';
import { load } from './installed.js';
import { withApp } from './nest-app.js';

// What is used of packages that need not be installed.

interface EventEmitterPackage {
  OnEvent: (event: string) => MethodDecorator;
  EventEmitterModule: { forRoot(): DynamicModule };
  EventEmitter2: Type<{ emitAsync(event: string, payload: unknown): Promise<unknown[]> }>;
}

interface SchedulePackage {
  Cron: (time: string, options: { name: string; disabled?: boolean }) => MethodDecorator;
  ScheduleModule: { forRoot(): DynamicModule };
  SchedulerRegistry: Type<{ getCronJob(name: string): { fireOnTick(): unknown } }>;
}

type Handler = (data: unknown) => Promise<unknown>;

interface MicroservicesPackage {
  MessagePattern: (pattern: string) => MethodDecorator;
  EventPattern: (pattern: string) => MethodDecorator;
  Payload: () => ParameterDecorator;
  Server: abstract new () => { getHandlerByPattern(pattern: string): Handler | null };
}

interface SwaggerPackage {
  ApiOperation: (options: { summary: string }) => MethodDecorator;
  ApiResponse: (options: { status: number; description: string }) => MethodDecorator;
  ApiProperty: () => PropertyDecorator;
  DocumentBuilder: new () => { build(): object };
  SwaggerModule: { createDocument(app: unknown, config: object): SwaggerDocument };
}

interface SwaggerDocument {
  paths: Record<
    string,
    Record<
      string,
      {
        summary?: string;
        responses: Record<string, { description: string }>;
        requestBody?: { content: Record<string, { schema: unknown }> };
      }
    >
  >;
}

/** Decorators of Nest's further packages, which find a method by its metadata. */
export const NEST_PACKAGES: readonly ClassCase[] = [
  ...SIDES.flatMap((place) => [events(place), cron(place), messages(place)]),
  ...PLACES.map(swagger),
];

function events(place: Place): ClassCase {
  const needs = ['@nestjs/event-emitter'];
  return {
    name: `is called by an event, ${place} @OnEvent()`,
    needs,
    async run(kit, probe) {
      const { OnEvent, EventEmitterModule, EventEmitter2 } = await load<EventEmitterPackage>(needs[0]!);
      class Listener {
        readonly heard: unknown[] = [];
        @kit.among(place, OnEvent('lead.created')) created(lead: unknown) {
          this.heard.push(lead);
        }
      }
      Injectable()(Listener);
      kit.ready(Listener);
      await inContext([EventEmitterModule.forRoot()], Listener, async (listener, get) => {
        await probe.inTrace(() => get(EventEmitter2).emitAsync('lead.created', 'ana'));
        assert.deepEqual(listener.heard, ['ana']);
        probe.ended('ok');
      });
    },
  };
}

function cron(place: Place): ClassCase {
  const needs = ['@nestjs/schedule'];
  return {
    name: `is called by the clock, ${place} @Cron()`,
    needs,
    async run(kit, probe) {
      const { Cron, ScheduleModule, SchedulerRegistry } = await load<SchedulePackage>(needs[0]!);
      class Job {
        ran = 0;
        @kit.among(place, Cron('0 0 1 1 *', { name: 'yearly' })) async yearly() {
          this.ran += 1;
        }
      }
      Injectable()(Job);
      kit.ready(Job);
      await inContext([ScheduleModule.forRoot()], Job, async (job, get) => {
        const scheduled = get(SchedulerRegistry).getCronJob('yearly');
        await probe.inTrace(async () => scheduled.fireOnTick());
        await turns();
        assert.equal(job.ran, 1);
        probe.ended('ok');
      });
    },
  };
}

function messages(place: Place): ClassCase {
  const needs = ['@nestjs/microservices'];
  return {
    name: `answers a message and hears an event, ${place} @MessagePattern() and @EventPattern()`,
    needs,
    async run(kit, probe) {
      const { MessagePattern, EventPattern, Payload, Server } = await load<MicroservicesPackage>(needs[0]!);
      const heard: unknown[] = [];
      @Controller()
      class Handlers {
        readonly factor = 2;
        @kit.among(place, MessagePattern('double')) async double(@Payload() n: number) {
          return n * this.factor;
        }
        @kit.among(place, EventPattern('happened')) happened(@Payload() what: unknown) {
          heard.push(what);
        }
      }
      kit.ready(Handlers);
      class LocalServer extends Server {
        listen(done: () => void): void {
          done();
        }
        close(): void {}
        on(): void {}
        unwrap(): undefined {
          return undefined;
        }
      }
      const strategy = new LocalServer();
      class CaseModule {}
      const module = { module: CaseModule, controllers: [Handlers] };
      const options = { strategy, logger: false, abortOnError: false } as object;
      const app = await NestFactory.createMicroservice(module, options);
      try {
        await app.listen();
        assert.equal(await handled(probe, strategy.getHandlerByPattern('double'), 21), 42);
        await handled(probe, strategy.getHandlerByPattern('happened'), 'it');
        assert.deepEqual(heard, ['it']);
        probe.ended('ok', 'ok');
      } finally {
        await app.close();
      }
    },
  };
}

async function handled(probe: SpanProbe, handler: Handler | null, data: unknown): Promise<unknown> {
  assert.ok(handler, 'the pattern has a handler');
  return probe.inTrace(async () => {
    const answer = await handler(data);
    return isObservable(answer) ? firstValueFrom(from(answer), { defaultValue: undefined }) : answer;
  });
}

function swagger(place: Place): ClassCase {
  const needs = ['@nestjs/swagger', '@nestjs/platform-express'];
  return {
    name: `is documented, ${place} the decorators of Swagger`,
    needs,
    async run(kit, probe) {
      const { ApiOperation, ApiResponse, ApiProperty, DocumentBuilder, SwaggerModule } = await load<SwaggerPackage>(
        needs[0]!,
      );
      class CreateLead {
        @ApiProperty() name!: string;
      }
      const documented = [
        Post('leads'),
        ApiOperation({ summary: 'Creates a lead' }),
        ApiResponse({ status: 409, description: 'There is one already' }),
      ];
      @Controller()
      class LeadController {
        @kit.among(place, ...documented)
        create(@Body() lead: CreateLead) {
          return lead;
        }
      }
      kit.ready(LeadController);
      await withApp({ controllers: [LeadController] }, probe, async ({ app, post }) => {
        const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
        const operation = paths['/leads']?.post;
        assert.equal(operation?.summary, 'Creates a lead');
        assert.equal(operation.responses['409']?.description, 'There is one already');
        assert.deepEqual(operation.requestBody?.content['application/json']?.schema, {
          $ref: '#/components/schemas/CreateLead',
        });
        assert.deepEqual(await post('/leads', { name: 'Ana' }), { status: 201, body: { name: 'Ana' } });
        probe.ended('ok');
      });
    },
  };
}

/** Runs `fn` with a provider in an application without a server. */
async function inContext<T>(
  imports: DynamicModule[],
  provider: Type<T>,
  fn: (instance: T, get: <S>(type: Type<S>) => S) => Promise<void>,
): Promise<void> {
  class CaseModule {}
  const app = await NestFactory.createApplicationContext(
    { module: CaseModule, imports, providers: [provider] },
    { logger: false, abortOnError: false },
  );
  try {
    await app.init();
    await fn(app.get(provider), (type) => app.get(type, { strict: false }));
  } finally {
    await app.close();
  }
}
