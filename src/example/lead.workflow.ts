import { Injectable, Logger } from '@nestjs/common';
import { traceRoute } from 'nestjs-trace-collector';
import type { Agent, AgentDecision } from './agents/agent.js';
import { CarlosAgent } from './agents/carlos.agent.js';
import { MariaAgent } from './agents/maria.agent.js';
import { SofiaAgent } from './agents/sofia.agent.js';
import type { AgentName, InboundMessage, Lead } from './lead.js';
import { Messenger } from './messenger.js';
import { Supervisor } from './supervisor.js';

/** Agents may hand over a lead this often; then a person takes over. */
const MAX_HAND_OFFS = 3;

/** The work behind a webhook: analyse, route, let the agent decide, reply. */
@Injectable()
export class LeadWorkflow {
  private readonly logger = new Logger('LeadWorkflow');
  private readonly agents: Record<AgentName, Agent>;

  constructor(
    private readonly supervisor: Supervisor,
    private readonly messenger: Messenger,
    maria: MariaAgent,
    carlos: CarlosAgent,
    sofia: SofiaAgent,
  ) {
    this.agents = { maria, carlos, sofia };
  }

  async handle(message: InboundMessage): Promise<void> {
    const lead = await this.supervisor.analyse(message);
    const decision = await this.decide(lead);
    // A model may write nothing: then there is nothing to send.
    if (decision.kind === 'reply' && decision.text !== '') await this.messenger.send(lead.contactId, decision.text);
    await this.subscribe(lead);
  }

  /** As in many applications: the failure of something on the side is a line in the log. */
  private async subscribe({ body, contactId }: Lead): Promise<void> {
    try {
      if (/\bnovedades\b/.test(body)) subscribersOf(undefined).add(contactId);
    } catch (error) {
      this.logger.error('The newsletter could not be updated', (error as Error).stack);
    }
  }

  private async decide(lead: Lead): Promise<AgentDecision> {
    let name = this.supervisor.route(lead);
    for (let handOffs = 0; ; handOffs++) {
      const decision = await this.agents[name].answer(lead);
      if (decision.kind !== 'hand_off') return decision;
      if (handOffs === MAX_HAND_OFFS) return { kind: 'reply', text: 'Te comunico con una persona de nuestro equipo.' };
      traceRoute(name, decision.to, { reason: decision.reason });
      name = decision.to;
    }
  }
}

/** The list is not there: the mistake that the demo shows. */
function subscribersOf(lists: { newsletter: Set<string> } | undefined): Set<string> {
  return lists!.newsletter;
}
