import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { PinoLogger } from './pino.logger.js';

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
  logger: new PinoLogger(),
});
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
