import { Body, Controller, Module, Post } from '@nestjs/common';
import { TraceModule, TraceWebhook } from 'nestjs-trace-collector';
import { SofiaAgent } from './sofia.agent.js';

@Controller('webhook')
export class WebhookController {
  constructor(private readonly sofia: SofiaAgent) {}

  @Post()
  @TraceWebhook({ reply: 'response' })
  async receive(@Body() message: { contactId: string; body: string }): Promise<{ reply: string }> {
    return { reply: await this.sofia.answer(message.body) };
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [WebhookController], providers: [SofiaAgent] })
export class AppModule {}
