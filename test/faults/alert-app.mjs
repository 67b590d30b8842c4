/**
 * One process of several with the same alerts. Its settings are one JSON argument: it sends itself webhooks of which each fails
 * with the same error, prints `{ firstAt, lastAt }`, and ends when stdin does.
 */
import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { alertTo, alertWhen, TraceModule } from 'nestjs-trace-collector';
import { postgres } from 'nestjs-trace-collector/postgres';

const { dir, channel, errors, instance, target } = JSON.parse(process.argv[2]);

class WebhookController {
  receive() {
    throw new TypeError('no slots');
  }
}
const { prototype } = WebhookController;
Post()(prototype, 'receive', Object.getOwnPropertyDescriptor(prototype, 'receive'));
Controller('webhook')(WebhookController);

class AppModule {}
Module({
  imports: [
    TraceModule.forRoot({
      storage: { dir, instance, ...(target && { shared: postgres(target) }) },
      lifecycle: { quietMs: 50 },
      alerts: { channels: [alertTo.webhook(channel)], rules: [alertWhen.newError({ window: '1h' })] },
    }),
  ],
  controllers: [WebhookController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const url = `http://127.0.0.1:${app.getHttpServer().address().port}/webhook`;
const firstAt = Date.now();
for (let n = 0; n < errors; n += 1) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contactId: `contact-${n}`, message: 'hola' }),
  });
  await response.arrayBuffer();
  if (response.status !== 500) throw new Error(`the webhook answered ${response.status}`);
}
console.log(JSON.stringify({ firstAt, lastAt: Date.now() }));
process.stdin.resume();
process.stdin.on('end', () => void app.close().then(() => process.exit()));
