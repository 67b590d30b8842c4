import { setTimeout as delay } from 'node:timers/promises';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  type NestInterceptor,
  ParseIntPipe,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import {
  CurrentTrace,
  currentTrace,
  NoTrace,
  traceEvent,
  traceReply,
  traceRoute,
  TraceWebhook,
  type TraceContext,
} from 'nestjs-trace-collector';
import { concatMap, type Observable, of, retry } from 'rxjs';
import { LeadGuard, OppositeGuard, RequestGuard } from './lead.guard.js';

export interface Lead {
  leadId: string;
  text: string;
}

/** Handles a message again when it fails, as an application's own interceptor may. */
class RetryInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(retry(1));
  }
}

@Controller()
export class LeadsController {
  private tries = 0;

  /** Its message is in the generic dialect. */
  @MessagePattern({ cmd: 'score' })
  @TraceWebhook()
  async score(@Payload() _data: unknown, @CurrentTrace() trace: TraceContext): Promise<{ trace: string }> {
    await delay(5);
    traceRoute('supervisor', 'sofia');
    traceReply('¡Hola!');
    return { trace: trace.traceId };
  }

  @TraceWebhook({ type: 'crm', contactId: (lead: Lead) => lead.leadId, message: (lead: Lead) => lead.text })
  @EventPattern('lead.created')
  async created(@Payload() lead: Lead): Promise<void> {
    await delay(5);
    traceEvent('lead_created', lead);
  }

  @MessagePattern('count')
  @TraceWebhook()
  count(): Observable<unknown> {
    return of(1, 2, 3).pipe(
      concatMap(async (n) => {
        await delay(n);
        traceEvent('counted', { n });
        return { n, contact: currentTrace()?.contactId };
      }),
    );
  }

  @MessagePattern('failing')
  @TraceWebhook()
  failing(): never {
    throw new RpcException('The CRM said no');
  }

  @MessagePattern('piped')
  @TraceWebhook()
  piped(@Payload('age', ParseIntPipe) age: number): number {
    return age;
  }

  @MessagePattern('retried')
  @TraceWebhook()
  @UseInterceptors(RetryInterceptor)
  retried(): string {
    this.tries += 1;
    traceEvent('tried', { tries: this.tries });
    if (this.tries === 1) throw new Error('not yet');
    return 'at last';
  }

  @MessagePattern('guarded')
  @UseGuards(LeadGuard)
  @TraceWebhook()
  guarded(): string {
    return 'let in';
  }

  @MessagePattern('guarded-per-message')
  @TraceWebhook()
  @UseGuards(RequestGuard)
  guardedPerMessage(): string {
    return 'let in';
  }

  @MessagePattern('guarded-otherwise')
  @TraceWebhook()
  @UseGuards(OppositeGuard)
  guardedOtherwise(): string {
    return 'let in';
  }

  @MessagePattern('guarded-untraced')
  @UseGuards(LeadGuard)
  guardedUntraced(): string {
    return 'let in';
  }

  @MessagePattern('plain')
  plain(): { trace: string | null } {
    return { trace: currentTrace()?.traceId ?? null };
  }

  @MessagePattern('never')
  @TraceWebhook()
  @NoTrace()
  never(): { trace: string | null } {
    return { trace: currentTrace()?.traceId ?? null };
  }
}
