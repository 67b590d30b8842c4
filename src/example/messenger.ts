import { Injectable } from '@nestjs/common';
import { traceReply } from 'nestjs-trace-collector';
import { pause } from './pace.js';

/** The only place that sends to the contact, so the only one that records a reply. */
@Injectable()
export class Messenger {
  async send(_contactId: string, text: string): Promise<void> {
    await pause(60);
    traceReply(text, { channel: 'whatsapp' });
  }
}
