import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

// Meta signs the bytes of the body, so Nest has to keep them.
const app = await NestFactory.create(AppModule, { rawBody: true });
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
