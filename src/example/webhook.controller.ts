import { BadRequestException, Body, Controller, HttpCode, Logger, Post, UseGuards } from '@nestjs/common';
import { waitUntil } from 'nestjs-trace-collector';
import { LeadWorkflow } from './lead.workflow.js';
import type { InboundMessage } from './lead.js';
import { SignatureGuard } from './signature.guard.js';

/** Answers 202 before the work is done, as senders of webhooks expect. */
@Controller('webhook')
export class WebhookController {
  private readonly logger = new Logger('Webhook');

  constructor(private readonly workflow: LeadWorkflow) {}

  @Post()
  @HttpCode(202)
  receive(@Body() body: unknown): { accepted: true } {
    const message = parseMessage(body);
    const work = this.workflow.handle(message).catch((error: unknown) => {
      this.logger.error(`The workflow for ${message.contactId} failed: ${String(error)}`);
    });
    waitUntil(work);
    return { accepted: true };
  }

  /** The same for senders that sign: see {@link SignatureGuard}. */
  @Post('signed')
  @HttpCode(202)
  @UseGuards(SignatureGuard)
  receiveSigned(@Body() body: unknown): { accepted: true } {
    return this.receive(body);
  }
}

function parseMessage(value: unknown): InboundMessage {
  const { contactId, body } = (value ?? {}) as Record<string, unknown>;
  if (typeof contactId !== 'string' || contactId.trim() === '') {
    throw new BadRequestException('contactId must be a text that is not empty');
  }
  if (typeof body !== 'string') throw new BadRequestException('body must be a text');
  return { contactId, body };
}
