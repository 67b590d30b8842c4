import 'reflect-metadata';
import fastifyCompress from '@fastify/compress';
import fastifyHelmet from '@fastify/helmet';
import { type INestApplication, Module, VersioningType } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import compression from 'compression';
import helmet from 'helmet';
import { TraceModule } from 'nestjs-trace-collector';
import { EnvelopeInterceptor, JwtGuard, Public } from './http/global-enhancers.js';
import { HooksController, WebhookController } from './http/webhook.controller.js';
import { adapter, platform, quick, serve } from './serve.js';

@Module({
  imports: [
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 30 }]),
    TraceModule.forRoot({ lifecycle: quick, debug: { decorators: [Public()] } }),
  ],
  controllers: [WebhookController, HooksController],
  providers: [
    { provide: APP_GUARD, useClass: ThrottlerGuard },
    { provide: APP_GUARD, useClass: JwtGuard },
    { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
  ],
})
class AppModule {}

/** Each platform has its own helmet and compression, as in an application. */
async function protect(app: INestApplication): Promise<void> {
  if (platform === 'fastify') {
    const fastify = app as NestFastifyApplication;
    await fastify.register(fastifyHelmet as never);
    await fastify.register(fastifyCompress as never, { threshold: 0 } as never);
  } else {
    app.use(helmet());
    app.use(compression({ threshold: 0 }));
  }
}

const app = await NestFactory.create(AppModule, adapter(), {
  cors: true,
  logger: ['error', 'warn'],
  forceCloseConnections: true,
});
app.setGlobalPrefix('api');
app.enableVersioning({ type: VersioningType.URI });
await protect(app);
await serve(app);
