import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  runInTrace,
  traceError,
  traceEvent,
  traceReply,
  traceRoute,
  traced,
  waitUntil,
  type TraceStart,
} from 'nestjs-trace-collector';

/** Work of a test; done on the path `/webhook`, or without a request by `play`. */
export interface Happening {
  contactId: string;
  body: string;
  reply?: string;
  score?: number;
  agent?: string;
  fails?: string;
  /** A custom event with this data. */
  data?: unknown;
}

export const ROUTES = { maria: 'supervisor', carlos: 'supervisor', sofia: 'supervisor' } as const;

export async function work(what: Happening): Promise<void> {
  const { score = 8, agent = 'sofia', fails, reply, data } = what;
  traceEvent('intelligence_analysis', { lead_score: score, suggested_agent: agent });
  traceRoute('supervisor', agent, { reason: `score ${score}`, candidates: ['maria', 'carlos', 'sofia'] });
  const tool = traced(
    async (day: string) => {
      await Promise.resolve();
      if (fails !== undefined) throw new Error(fails, { cause: new Error('connect ECONNREFUSED') });
      return [`${day} 10:00`];
    },
    { kind: 'tool', name: 'check_calendar' },
  );
  const answer = traced(
    async () => {
      await tool('friday');
      if (data !== undefined) traceEvent('payload', data);
      if (reply !== undefined) traceReply(reply, { channel: 'whatsapp' });
    },
    { kind: 'agent', name: agent },
  );
  try {
    await answer();
  } catch (error) {
    traceError('workflow', error, { contact: what.contactId });
  }
}

@Controller()
export class StoryController {
  @Post('webhook')
  @HttpCode(202)
  receive(@Body() what: Happening): { accepted: true } {
    waitUntil(work(what));
    return { accepted: true };
  }
}

/** A trace without a request. */
export function play(start: TraceStart, fn: () => unknown): Promise<void> {
  return Promise.resolve(runInTrace(start, async () => void (await fn())));
}
