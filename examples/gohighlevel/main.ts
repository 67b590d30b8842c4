import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

// HighLevel signs the bytes of the body, so Nest has to keep them.
const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { rawBody: true });
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
