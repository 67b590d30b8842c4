import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { LanguageModel } from '../language-model.js';
import { plainWords, type Lead } from '../lead.js';
import { CrmTool } from '../tools/crm.tool.js';
import type { Agent, AgentDecision } from './agent.js';

/** Leads that are still cold: she informs, and keeps the address book in order. */
@Injectable()
export class MariaAgent implements Agent {
  constructor(
    private readonly crm: CrmTool,
    private readonly model: LanguageModel,
  ) {}

  @Traced({ kind: 'agent', name: 'maria' })
  async answer(lead: Lead): Promise<AgentDecision> {
    if (lead.interests.includes('pricing')) {
      return { kind: 'hand_off', to: 'carlos', reason: 'asks for prices' };
    }
    await this.crm.update(lead.contactId, { score: lead.score });
    if (/\b(gracias|adios|hasta luego)\b/.test(plainWords(lead.body))) {
      return { kind: 'no_reply', reason: 'the contact said goodbye' };
    }
    if (/\bpedido\b/.test(plainWords(lead.body))) return this.aboutOrders(lead);
    const text = await this.model.compose('María', lead.body, '¡Hola! Con gusto te cuento cómo trabajamos.');
    return { kind: 'reply', text };
  }

  /** A loop that waits for a change that never comes, as models and people write it. */
  private async aboutOrders(lead: Lead): Promise<AgentDecision> {
    for (let asked = 0; asked < 3; asked++) {
      const orders = await this.crm.findOrders(lead.contactId);
      if (orders.length > 0) break;
    }
    const text = await this.model.compose('María', lead.body, 'No encuentro pedidos a tu nombre.');
    return { kind: 'reply', text };
  }
}
