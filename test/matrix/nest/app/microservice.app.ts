import 'reflect-metadata';
import { type CanActivate, type ExecutionContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { TraceModule, TraceService } from 'nestjs-trace-collector';
import { filter, firstValueFrom } from 'rxjs';
import { freePort } from './messages/free-port.js';
import { LeadGuard } from './messages/lead.guard.js';
import { LeadsController } from './messages/leads.controller.js';
import { quick } from './serve.js';

class StrangersGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getData<{ body: string }>().body !== 'strange';
  }
}

/** No HTTP at all: it sends itself two messages, prints their traces, and ends. A global guard refuses the second. */
@Module({
  imports: [TraceModule.forRoot({ lifecycle: quick })],
  controllers: [LeadsController],
  providers: [LeadGuard],
})
class AppModule {}

const tcp = { transport: Transport.TCP as const, options: { host: '127.0.0.1', port: await freePort() } };
const app = await NestFactory.createMicroservice(AppModule, { ...tcp, logger: ['error', 'warn'] });
app.useGlobalGuards(new StrangersGuard());
await app.listen();
const traces = app.get(TraceService);
const client = ClientProxyFactory.create(tcp);
for (const body of ['hola', 'strange']) {
  const ended = firstValueFrom(traces.stream().pipe(filter((message) => message.type === 'trace.ended')));
  await firstValueFrom(client.send({ cmd: 'score' }, { contactId: 'c-micro', body })).catch(() => undefined);
  await ended;
  console.log(JSON.stringify(await traces.lastTrace()));
}
await client.close();
await app.close();
