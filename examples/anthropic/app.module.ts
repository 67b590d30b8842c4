import { Body, Controller, Module, Post } from '@nestjs/common';
import { TraceModule, TraceWebhook } from 'nestjs-trace-collector';
import { BookingAgent } from './booking.agent.js';

@Controller('webhook')
export class WebhookController {
  constructor(private readonly agent: BookingAgent) {}

  @Post()
  @TraceWebhook({ reply: 'response' })
  async receive(@Body() message: { contactId: string; body: string }): Promise<{ reply: string }> {
    return { reply: await this.agent.answer(message.body) };
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [WebhookController], providers: [BookingAgent] })
export class AppModule {}
