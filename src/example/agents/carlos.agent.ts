import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { LanguageModel } from '../language-model.js';
import type { Lead } from '../lead.js';
import { QuoteTool } from '../tools/quote.tool.js';
import type { Agent, AgentDecision } from './agent.js';

/** Leads that compare prices. */
@Injectable()
export class CarlosAgent implements Agent {
  constructor(
    private readonly quotes: QuoteTool,
    private readonly model: LanguageModel,
  ) {}

  /** With maria's rule this makes the loop that the demo shows: each of the two hands the lead to the other. */
  @Traced({ kind: 'agent', name: 'carlos' })
  async answer(lead: Lead): Promise<AgentDecision> {
    if (lead.interests.includes('information')) {
      return { kind: 'hand_off', to: 'maria', reason: 'asks for information first' };
    }
    const quote = await this.quotes.prepare(lead.body);
    const text = await this.model.compose('Carlos', lead.body, `Nuestros planes empiezan en ${quote.from} al mes.`);
    return { kind: 'reply', text };
  }
}
