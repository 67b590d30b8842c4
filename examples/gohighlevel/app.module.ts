import { Body, Controller, HttpCode, Logger, Module, Post, UseGuards } from '@nestjs/common';
import { TraceModule, waitUntil } from 'nestjs-trace-collector';
import { HighLevelSignatureGuard } from './highlevel-signature.guard.js';
import { LeadService } from './lead.service.js';

/** The part of HighLevel's `InboundMessage` that this application reads. */
interface InboundMessage {
  contactId: string;
  body: string;
}

@Controller('webhooks/highlevel')
export class HighLevelController {
  private readonly logger = new Logger(HighLevelController.name);

  constructor(private readonly leads: LeadService) {}

  @Post()
  @HttpCode(200)
  @UseGuards(HighLevelSignatureGuard)
  receive(@Body() message: InboundMessage): { accepted: true } {
    const work = this.leads.answer(message.contactId, message.body).catch((error: unknown) => this.logger.error(error));
    waitUntil(work);
    return { accepted: true };
  }
}

@Module({
  imports: [TraceModule.forRoot({ lifecycle: { expectReply: true } })],
  controllers: [HighLevelController],
  providers: [LeadService],
})
export class AppModule {}
