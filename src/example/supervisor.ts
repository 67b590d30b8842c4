import { Injectable } from '@nestjs/common';
import { Traced, traceEvent, traceRoute } from 'nestjs-trace-collector';
import { Conversations } from './conversations.js';
import { AGENT_NAMES, scoreLead, type AgentName, type InboundMessage, type Lead } from './lead.js';
import { pause } from './pace.js';

/** Reads a message, scores the lead, and chooses the agent. */
@Injectable()
export class Supervisor {
  constructor(private readonly conversations: Conversations) {}

  @Traced({ name: 'supervisor.analyse' })
  async analyse(message: InboundMessage): Promise<Lead> {
    const before = this.conversations.load(message.contactId);
    await pause(150);
    const lead = scoreLead(message);
    traceEvent('intelligence_analysis', {
      lead_score: lead.score,
      suggested_agent: lead.suggestedAgent,
      interests: lead.interests,
      ...(before.messages > 0 && { messages_loaded: before.messages, previous_score: before.lastScore }),
    });
    this.conversations.remember(lead);
    return lead;
  }

  route(lead: Lead): AgentName {
    traceRoute('supervisor', lead.suggestedAgent, {
      reason: `lead score ${lead.score}`,
      candidates: [...AGENT_NAMES],
    });
    return lead.suggestedAgent;
  }
}
