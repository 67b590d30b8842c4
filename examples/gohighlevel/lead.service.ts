import { Injectable } from '@nestjs/common';
import { Traced, traceEvent, traceRoute } from 'nestjs-trace-collector';

const API = 'https://services.leadconnectorhq.com';

@Injectable()
export class LeadService {
  async answer(contactId: string, text: string): Promise<void> {
    const score = /cita|agendar/i.test(text) ? 8 : 3;
    const agent = score >= 8 ? 'sofia' : 'maria';
    traceEvent('intelligence_analysis', { lead_score: score, suggested_agent: agent });
    traceRoute('supervisor', agent, { reason: `score is ${score}` });
    const reply = agent === 'sofia' ? await this.sofia() : await this.maria();
    await this.call('/conversations/messages', { type: 'SMS', contactId, message: reply });
  }

  @Traced({ kind: 'agent', name: 'sofia' })
  private async sofia(): Promise<string> {
    const slots = await this.freeSlots();
    return `¡Perfecto! Tengo estos horarios: ${slots.join(', ')}`;
  }

  @Traced({ kind: 'agent', name: 'maria' })
  private async maria(): Promise<string> {
    return '¡Hola! ¿Qué servicio te interesa?';
  }

  @Traced({ kind: 'tool', name: 'check_calendar_availability' })
  private async freeSlots(): Promise<string[]> {
    const { slots } = (await this.call(`/calendars/${process.env.HIGHLEVEL_CALENDAR}/free-slots`)) as {
      slots: string[];
    };
    return slots;
  }

  private async call(path: string, body?: object): Promise<unknown> {
    const response = await fetch(API + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${process.env.HIGHLEVEL_TOKEN}`,
        version: '2021-04-15',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`HighLevel refused ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
