import { Body, Controller, Module, Post } from '@nestjs/common';
import { TraceModule, TraceWebhook } from 'nestjs-trace-collector';
import { AssistantService } from './assistant.service.js';

@Controller('webhook')
export class WebhookController {
  constructor(private readonly assistant: AssistantService) {}

  /** `reply: 'response'`: what this handler answers is the reply to the contact. */
  @Post()
  @TraceWebhook({ reply: 'response' })
  async receive(@Body() message: { contactId: string; body: string }): Promise<{ reply: string }> {
    return { reply: await this.assistant.answer(message.body) };
  }
}

@Module({
  // Prices of your contract, in US dollars per million tokens. Without this line the kept list of prices is used.
  imports: [TraceModule.forRoot({ cost: { prices: { 'gpt-5-mini': { input: 0.25, output: 2, cacheRead: 0.025 } } } })],
  controllers: [WebhookController],
  providers: [AssistantService],
})
export class AppModule {}
