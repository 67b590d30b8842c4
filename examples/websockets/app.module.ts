import { Module } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { Traced, TraceModule, traceReply, TraceWebhook } from 'nestjs-trace-collector';

interface ChatMessage {
  contactId: string;
  body: string;
}

@WebSocketGateway()
export class ChatGateway {
  /** `@TraceWebhook()` makes each message a trace. A connection may have many. */
  @SubscribeMessage('chat')
  @TraceWebhook({ type: 'chat' })
  async chat(@MessageBody() message: ChatMessage): Promise<WsResponse<string>> {
    const reply = await this.answer(message.body);
    traceReply(reply, { channel: 'websocket' });
    return { event: 'reply', data: reply };
  }

  @Traced({ kind: 'agent', name: 'maria' })
  private async answer(text: string): Promise<string> {
    if (!text) throw new Error('The message is empty');
    return `Recibí: ${text}`;
  }
}

@Module({ imports: [TraceModule.forRoot()], providers: [ChatGateway] })
export class AppModule {}
