import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { ScheduleModule } from '@nestjs/schedule';
import { TraceModule } from 'nestjs-trace-collector';
import { DriveController, EmittingController } from './messages/drive.controller.js';
import { freePort } from './messages/free-port.js';
import { Jobs } from './messages/jobs.js';
import { LeadGuard } from './messages/lead.guard.js';
import { LeadsController } from './messages/leads.controller.js';
import { LeadsGateway } from './messages/leads.gateway.js';
import { adapter, quick, serve } from './serve.js';

const tcp = (port: number) => ({ transport: Transport.TCP as const, options: { host: '127.0.0.1', port } });
const [inheriting, plain] = [tcp(await freePort()), tcp(await freePort())];

@Module({
  imports: [
    TraceModule.forRoot({ lifecycle: quick }),
    ClientsModule.register([
      { name: 'INHERITING', ...inheriting },
      { name: 'PLAIN', ...plain },
    ]),
    EventEmitterModule.forRoot(),
    ScheduleModule.forRoot(),
  ],
  controllers: [LeadsController, DriveController, EmittingController],
  providers: [LeadsGateway, Jobs, LeadGuard],
})
class AppModule {}

const app = await NestFactory.create(AppModule, adapter(), { logger: ['warn'], forceCloseConnections: true });
app.useWebSocketAdapter(new WsAdapter(app));
// A hybrid application gives its global interceptors to a microservice only when it is configured to.
app.connectMicroservice(inheriting, { inheritAppConfig: true });
app.connectMicroservice(plain);
await app.startAllMicroservices();
await serve(app);
