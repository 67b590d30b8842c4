import { Body, Controller, Module, Post } from '@nestjs/common';
import { TraceModule, TraceWebhook } from 'nestjs-trace-collector';
import { log } from './pino.logger.js';

@Controller('webhook')
export class WebhookController {
  @Post()
  @TraceWebhook({ reply: 'response' })
  async receive(@Body() message: { contactId: string; body: string }): Promise<{ reply: string }> {
    log.info({ contact: message.contactId }, 'message received');
    if (message.body.length > 20) log.warn({ length: message.body.length }, 'long message');
    try {
      return { reply: await this.answer(message.body) };
    } catch (error) {
      // The error is handled here, so it is no error of the trace. The trace has the log line and a hint about it.
      log.error({ err: error }, 'the CRM could not be reached');
      return { reply: 'Te respondo en un momento' };
    }
  }

  private async answer(text: string): Promise<string> {
    if (/crm/i.test(text)) throw new Error('connect ECONNREFUSED crm.example:443');
    return `Recibí: ${text}`;
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [WebhookController] })
export class AppModule {}
