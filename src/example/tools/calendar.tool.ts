import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { plainWords } from '../lead.js';
import { pause } from '../pace.js';

export interface Appointment {
  contact: string;
  time: string;
}

/** Imitates a calendar service. It is closed on Sundays and fails like a real service: with a stack trace. */
@Injectable()
export class CalendarTool {
  @Traced({ kind: 'tool', name: 'check_calendar_availability', input: (request: string) => ({ request }) })
  async checkAvailability(_request: string): Promise<string[]> {
    await pause(400);
    return ['10:00', '11:30', '16:00'];
  }

  @Traced({
    kind: 'tool',
    name: 'book_appointment',
    input: (contact: string, request: string) => ({ contact, request }),
  })
  async book(contact: string, request: string): Promise<Appointment> {
    await pause(300);
    const text = plainWords(request);
    if (/\bdomingo\b/.test(text)) {
      const refused = Object.assign(new Error('connect ECONNREFUSED 203.0.113.7:443'), { code: 'ECONNREFUSED' });
      throw new Error('The calendar service did not take the appointment', { cause: refused });
    }
    const hour = /\ba las (\d{1,2})\b/.exec(text)?.[1] ?? '10';
    return { contact, time: `${hour.padStart(2, '0')}:00` };
  }
}
