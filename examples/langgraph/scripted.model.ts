import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';

/** A chat model that needs no network: it chooses by a word, and reports tokens as a real one does. */
export class ScriptedModel extends BaseChatModel {
  _llmType(): string {
    return 'scripted';
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const text = /cita/i.test(messages.at(-1)?.text ?? '') ? 'sofia' : 'maria';
    const usage_metadata = { input_tokens: 24, output_tokens: 2, total_tokens: 26 };
    return { generations: [{ text, message: new AIMessage({ content: text, usage_metadata }) }] };
  }
}
