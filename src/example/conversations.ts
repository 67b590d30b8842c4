import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import type { Lead } from './lead.js';

export interface Conversation {
  messages: number;
  lastScore: number | undefined;
}

/** The earlier messages. In memory: the example loses them when it stops, its traces stay. */
@Injectable()
export class Conversations {
  private readonly byContact = new Map<string, Conversation>();

  @Traced({ kind: 'retriever', name: 'load_conversation' })
  load(contactId: string): Conversation {
    return this.byContact.get(contactId) ?? { messages: 0, lastScore: undefined };
  }

  remember(lead: Lead): void {
    const { messages } = this.byContact.get(lead.contactId) ?? { messages: 0 };
    this.byContact.set(lead.contactId, { messages: messages + 1, lastScore: lead.score });
  }
}
