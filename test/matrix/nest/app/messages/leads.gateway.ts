import { UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { currentTrace, traceEvent, traceReply, TraceWebhook } from 'nestjs-trace-collector';
import { concatMap, of, type Observable } from 'rxjs';
import { LeadGuard } from './lead.guard.js';

interface Answer {
  event: string;
  data: unknown;
}

@WebSocketGateway()
export class LeadsGateway {
  @SubscribeMessage('chat')
  @TraceWebhook()
  async chat(@MessageBody() _data: unknown): Promise<Answer> {
    traceReply('¡Hola!');
    return { event: 'chat', data: currentTrace()?.contactId };
  }

  @SubscribeMessage('count')
  @TraceWebhook({ contactId: (data: { who: string }) => data.who })
  count(): Observable<Answer> {
    return of(1, 2).pipe(
      concatMap(async (n) => {
        traceEvent('counted', { n });
        return { event: 'count', data: currentTrace()?.contactId };
      }),
    );
  }

  @SubscribeMessage('failing')
  @TraceWebhook()
  failing(): never {
    throw new WsException('Not today');
  }

  @SubscribeMessage('guarded')
  @TraceWebhook()
  @UseGuards(LeadGuard)
  guarded(): Answer {
    return { event: 'guarded', data: 'let in' };
  }

  @SubscribeMessage('plain')
  plain(): Answer {
    return { event: 'plain', data: currentTrace()?.traceId ?? null };
  }
}
