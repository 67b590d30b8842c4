import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { LanguageModel } from '../language-model.js';
import type { Lead } from '../lead.js';
import { CalendarTool } from '../tools/calendar.tool.js';
import type { Agent, AgentDecision } from './agent.js';

/** Leads that want an appointment. */
@Injectable()
export class SofiaAgent implements Agent {
  constructor(
    private readonly calendar: CalendarTool,
    private readonly model: LanguageModel,
  ) {}

  @Traced({ kind: 'agent', name: 'sofia' })
  async answer(lead: Lead): Promise<AgentDecision> {
    const slots = await this.calendar.checkAvailability(lead.body);
    if (lead.interests.includes('chosen_time')) {
      const appointment = await this.calendar.book(lead.contactId, lead.body);
      const text = await this.model.compose('Sofía', lead.body, `¡Listo! Tu cita quedó para ${appointment.time}.`);
      return { kind: 'reply', text };
    }
    const offer = slots.length > 0 ? '¡Perfecto! Tengo estos horarios...' : 'No me quedan horarios esta semana.';
    return { kind: 'reply', text: await this.model.compose('Sofía', lead.body, offer) };
  }
}
