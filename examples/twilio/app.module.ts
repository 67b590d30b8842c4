import { Body, Controller, Header, HttpCode, Module, Post, UseGuards } from '@nestjs/common';
import { TraceModule, Traced } from 'nestjs-trace-collector';
import { TwilioSignatureGuard } from './twilio-signature.guard';

/** Text inside XML. */
const escape = (text: string): string => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);

@Controller('webhook/twilio')
export class TwilioController {
  /** The answer is TwiML: Twilio sends its text to the contact, and the trace has it as the reply. */
  @Post()
  @HttpCode(200)
  @Header('content-type', 'text/xml')
  @UseGuards(TwilioSignatureGuard)
  async receive(@Body() sms: { From: string; Body: string }): Promise<string> {
    const reply = await this.answer(sms.Body);
    return `<?xml version="1.0" encoding="UTF-8"?><Response><Message>${escape(reply)}</Message></Response>`;
  }

  @Traced({ kind: 'agent', name: 'carlos' })
  private async answer(text: string): Promise<string> {
    return /precio/i.test(text) ? 'El plan básico cuesta 20 & el plan pro 35' : '¿Qué plan te interesa?';
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [TwilioController] })
export class AppModule {}
