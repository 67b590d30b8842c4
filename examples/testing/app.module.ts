import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { Traced, TraceModule, traceReply, traceRoute, waitUntil } from 'nestjs-trace-collector';

@Controller('webhook')
export class WebhookController {
  @Post()
  @HttpCode(202)
  receive(@Body() message: { contactId: string; body: string }): { accepted: true } {
    waitUntil(this.answer(message.body));
    return { accepted: true };
  }

  private async answer(text: string): Promise<void> {
    traceRoute('supervisor', 'sofia', { reason: 'wants a booking' });
    traceReply(await this.sofia(text));
  }

  @Traced({ kind: 'agent', name: 'sofia' })
  private async sofia(_text: string): Promise<string> {
    return `¡Perfecto! Tengo estos horarios: ${(await this.checkCalendar('lunes')).join(', ')}`;
  }

  @Traced({ kind: 'tool', name: 'check_calendar_availability' })
  private async checkCalendar(_day: string): Promise<string[]> {
    return ['10:00', '16:00'];
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [WebhookController] })
export class AppModule {}
