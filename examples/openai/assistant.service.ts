import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import OpenAI from 'openai';

@Injectable()
export class AssistantService {
  /** Reads `OPENAI_API_KEY`. Its calls are recorded at the wire: model, messages, answer, tokens, cost, first token. */
  private readonly openai = new OpenAI({ maxRetries: 1 });

  @Traced({ kind: 'agent', name: 'assistant' })
  async answer(text: string): Promise<string> {
    const stream = await this.openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [
        { role: 'system', content: 'You answer in one sentence.' },
        { role: 'user', content: text },
      ],
      stream: true,
      // A stream has token counts only with this option.
      stream_options: { include_usage: true },
    });
    let answer = '';
    for await (const chunk of stream) answer += chunk.choices[0]?.delta.content ?? '';
    return answer;
  }
}
