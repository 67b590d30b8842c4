import { type CanActivate, Controller, Injectable, UseGuards } from '@nestjs/common';
import { MessagePattern, RpcException } from '@nestjs/microservices';
import { interval, map, take, throwError } from 'rxjs';
import { traceEvent, traceReply, TraceWebhook } from 'nestjs-trace-collector';

@Injectable()
class MessageGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** Each exit of a handler of messages. */
@Controller()
@TraceWebhook({ type: 'crm' })
export class MessagesController {
  @MessagePattern('lead.nothing') nothing() {
    return 'ok';
  }

  @MessagePattern('lead.step') step() {
    traceEvent('scored', { score: 8 });
    return 'ok';
  }

  @MessagePattern('lead.reply') reply() {
    traceReply('¡Hola!');
    return 'ok';
  }

  @MessagePattern('lead.throws') throws() {
    throw new RpcException('no lead');
  }

  @MessagePattern('lead.denied') @UseGuards(MessageGuard) denied() {
    return 'never';
  }

  @MessagePattern('lead.stream') stream() {
    traceEvent('asked');
    return interval(10).pipe(
      take(3),
      map((n) => n),
    );
  }

  @MessagePattern('lead.stream-fails') streamFails() {
    return throwError(() => new Error('feed broke'));
  }

  @MessagePattern('lead.hangs') hangs() {
    return new Promise(() => undefined);
  }
}
