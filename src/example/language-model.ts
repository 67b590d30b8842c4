import { Injectable } from '@nestjs/common';
import { Traced } from 'nestjs-trace-collector';
import { pause } from './pace.js';

interface Completion {
  text: string;
  usage: { input_tokens: number; output_tokens: number };
}

/** Imitates a language model: it takes time, counts tokens, and follows the script. */
@Injectable()
export class LanguageModel {
  async compose(prompt: string, script: string): Promise<string> {
    const { text } = await this.complete({ model: 'scripted-1', prompt, script });
    return text;
  }

  @Traced({ kind: 'llm', name: 'compose_reply' })
  private async complete(request: { model: string; prompt: string; script: string }): Promise<Completion> {
    await pause(350);
    return {
      text: request.script,
      usage: { input_tokens: countWords(request.prompt) * 2, output_tokens: countWords(request.script) * 2 },
    };
  }
}

function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
