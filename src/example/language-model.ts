import { Injectable } from '@nestjs/common';
import OpenAI from 'openai';
import { FakeApis } from './fakes/fake-apis.js';

/** The model that writes the replies. No line of this file is about tracing: the calls are seen as they go out. */
@Injectable()
export class LanguageModel {
  private readonly client: OpenAI;

  constructor({ model }: FakeApis) {
    this.client = new OpenAI({ apiKey: 'offline', baseURL: `${model.url}/v1`, maxRetries: 3 });
  }

  /** The reply to a message; the empty text where the model writes none. */
  async compose(agent: string, message: string, facts: string): Promise<string> {
    const parts = await this.client.chat.completions.create({
      model: 'gpt-5-mini',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        {
          role: 'system',
          content: `Eres ${agent}, del equipo de ventas. Escribe en dos frases y con calidez. Responde: ${facts}`,
        },
        { role: 'user', content: message },
      ],
    });
    let text = '';
    for await (const { choices } of parts) text += choices[0]?.delta.content ?? '';
    return text;
  }
}
