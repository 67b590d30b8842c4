import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  Logger,
  Module,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { NoTrace, TraceModule, waitUntil } from 'nestjs-trace-collector';
import { MetaSignatureGuard } from './meta-signature.guard.js';
import { WhatsappService, type WhatsappWebhook } from './whatsapp.service.js';

@Controller('webhook/whatsapp')
export class WhatsappController {
  private readonly logger = new Logger(WhatsappController.name);

  constructor(private readonly whatsapp: WhatsappService) {}

  /** Meta calls this once, when you register the address. It is no message, so it is no trace. */
  @Get()
  @NoTrace()
  verify(@Query() query: Record<string, string>): string {
    if (query['hub.mode'] === 'subscribe' && query['hub.verify_token'] === process.env.WHATSAPP_VERIFY_TOKEN)
      return query['hub.challenge'] ?? '';
    throw new ForbiddenException('The verify token is wrong');
  }

  /** Meta repeats a webhook that is not acknowledged within seconds: acknowledge first, answer afterwards. */
  @Post()
  @HttpCode(200)
  @UseGuards(MetaSignatureGuard)
  receive(@Body() webhook: WhatsappWebhook): string {
    const work = this.whatsapp.answerAll(webhook).catch((error: unknown) => this.logger.error(error));
    // Keeps the trace open until the work is done.
    waitUntil(work);
    return 'EVENT_RECEIVED';
  }
}

@Module({
  imports: [TraceModule.forRoot({ lifecycle: { expectReply: true } })],
  controllers: [WhatsappController],
  providers: [WhatsappService],
})
export class AppModule {}
