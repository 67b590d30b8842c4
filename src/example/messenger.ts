import { Injectable } from '@nestjs/common';
import { traceReply } from 'nestjs-trace-collector';
import { pause } from './pace.js';

/** The one way out to the contact, so the one place that says a reply was sent. */
@Injectable()
export class Messenger {
  async send(_contactId: string, text: string): Promise<void> {
    await pause(60);
    traceReply(text, { channel: 'whatsapp' });
  }
}
