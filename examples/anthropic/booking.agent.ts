import Anthropic from '@anthropic-ai/sdk';
import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';

const FIND_SLOTS: Anthropic.Tool = {
  name: 'find_slots',
  description: 'Free times of a day',
  input_schema: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
};

/** Rounds of model and tools. A model that asks for tools without end stops here. */
const MAX_ROUNDS = 4;

@Injectable()
export class BookingAgent {
  /** Reads `ANTHROPIC_API_KEY`. */
  private readonly anthropic = new Anthropic();

  @Traced({ kind: 'agent', name: 'booking' })
  async answer(text: string): Promise<string> {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: text }];
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const answer = await this.anthropic.messages
        .stream({ model: 'claude-sonnet-4-5', max_tokens: 500, tools: [FIND_SLOTS], messages })
        .finalMessage();
      const calls = answer.content.filter((block) => block.type === 'tool_use');
      if (calls.length === 0) return answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      messages.push({ role: 'assistant', content: answer.content });
      const results = calls.map((call) => this.runTool(call));
      messages.push({ role: 'user', content: await Promise.all(results) });
    }
    throw new Error(`The model asked for tools in ${MAX_ROUNDS} rounds`);
  }

  /** A failed tool is an answer to the model, which can say so or try again. The trace has the error at the tool. */
  private async runTool({ id, input }: Anthropic.ToolUseBlock): Promise<Anthropic.ToolResultBlockParam> {
    try {
      const slots = await this.findSlots((input as { day: string }).day);
      return { type: 'tool_result', tool_use_id: id, content: slots.join(', ') };
    } catch (error) {
      return { type: 'tool_result', tool_use_id: id, content: String(error), is_error: true };
    }
  }

  @Traced({ kind: 'tool', name: 'find_slots' })
  private async findSlots(day: string): Promise<string[]> {
    if (/domingo|sunday/i.test(day)) throw new Error(`The calendar has no ${day}`);
    return ['10:00', '16:00'];
  }
}
