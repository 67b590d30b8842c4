import { openai } from '@ai-sdk/openai';
import { Injectable } from '@nestjs/common';
import { generateText, isStepCount, tool } from 'ai';
import { z } from 'zod';

const findSlots = tool({
  description: 'Free times of a day',
  inputSchema: z.object({ day: z.string() }),
  execute: async ({ day }) => ({ day, slots: ['10:00', '16:00'] }),
});

@Injectable()
export class SofiaAgent {
  /** No decorator: the AI SDK reports its agent, its model calls and its tools to the trace by itself. */
  async answer(text: string): Promise<string> {
    const { text: reply } = await generateText({
      model: openai('gpt-5-mini'),
      prompt: text,
      tools: { find_slots: findSlots },
      stopWhen: isStepCount(4),
      // The name makes this call an agent in the trace; without one it is a step.
      telemetry: { functionId: 'sofia' },
    });
    return reply;
  }
}
