import 'reflect-metadata';
import { BullModule } from '@nestjs/bullmq';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { QueueEvents } from 'bullmq';
import { TraceModule } from 'nestjs-trace-collector';
import { FollowUpProcessor } from './queue/follow-up.processor.js';
import { QUEUE_EVENTS, QueueController } from './queue/queue.controller.js';
import { adapter, quick, serve } from './serve.js';

const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) };

@Module({
  imports: [
    TraceModule.forRoot({ lifecycle: quick }),
    BullModule.forRoot({ connection }),
    BullModule.registerQueue({ name: 'follow-up' }),
  ],
  controllers: [QueueController],
  providers: [
    FollowUpProcessor,
    {
      provide: QUEUE_EVENTS,
      useFactory: async () => {
        const events = new QueueEvents('follow-up', { connection });
        await events.waitUntilReady();
        return events;
      },
    },
  ],
})
class AppModule implements OnApplicationShutdown {
  constructor(@Inject(QUEUE_EVENTS) private readonly events: QueueEvents) {}

  async onApplicationShutdown(): Promise<void> {
    await this.events.close();
  }
}

await serve(await NestFactory.create(AppModule, adapter(), { logger: ['warn'], forceCloseConnections: true }));
