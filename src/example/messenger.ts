import { Injectable, Logger } from '@nestjs/common';
import { FakeApis } from './fakes/fake-apis.js';

/** The only place that sends to the contact. That a message was sent or refused is seen at the call: nothing is recorded here. */
@Injectable()
export class Messenger {
  private readonly logger = new Logger('Messenger');

  constructor(private readonly apis: FakeApis) {}

  async send(contactId: string, text: string): Promise<void> {
    const response = await fetch(`${this.apis.whatsapp.url}/v21.0/106540352242922/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer offline' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: contactId, type: 'text', text: { body: text } }),
    });
    await response.text();
    // As in many applications: the refusal is a line in the log, and the work goes on.
    if (!response.ok) this.logger.warn(`WhatsApp answered ${response.status}`);
  }
}
