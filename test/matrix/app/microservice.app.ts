import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { TraceModule, TraceService } from 'nestjs-trace-collector';
import { filter, firstValueFrom } from 'rxjs';
import { freePort } from './messages/free-port.js';
import { LeadsController } from './messages/leads.controller.js';
import { quick } from './serve.js';

/** No HTTP at all: it sends itself a message, prints the trace of it, and ends. */
@Module({ imports: [TraceModule.forRoot({ lifecycle: quick })], controllers: [LeadsController] })
class AppModule {}

const tcp = { transport: Transport.TCP as const, options: { host: '127.0.0.1', port: await freePort() } };
const app = await NestFactory.createMicroservice(AppModule, { ...tcp, logger: ['error', 'warn'] });
await app.listen();
const traces = app.get(TraceService);
const ended = firstValueFrom(traces.stream().pipe(filter((message) => message.type === 'trace.ended')));
const client = ClientProxyFactory.create(tcp);
await firstValueFrom(client.send({ cmd: 'score' }, { contactId: 'c-micro', body: 'hola' }));
await ended;
console.log(JSON.stringify(await traces.lastTrace()));
await client.close();
await app.close();
