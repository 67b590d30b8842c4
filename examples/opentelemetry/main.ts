// First: OpenTelemetry has to be started before the modules that it patches are loaded.
import { sdk } from './tracing.js';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
// Exports what is still in its queue.
process.once('beforeExit', () => void sdk.shutdown());
