import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import {
  type CanActivate,
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { from, map, mergeMap } from 'rxjs';
import {
  CurrentTrace,
  currentTrace,
  NoTrace,
  Traced,
  traceError,
  traceEvent,
  traceReply,
  traceRoute,
  TraceWebhook,
  type TraceContext,
} from 'nestjs-trace-collector';

export class SignatureGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException('Invalid signature');
  }
}

export class SofiaAgent {
  @Traced({ kind: 'agent', name: 'sofia' })
  async reply(text: string): Promise<string> {
    await nextTurn();
    const slots = await this.checkCalendar(text);
    traceReply(`Slots: ${slots.join(', ')}`);
    return 'done';
  }

  @Traced({ kind: 'tool', name: 'check_calendar_availability' })
  async checkCalendar(_text: string): Promise<string[]> {
    await delay(60);
    return ['10:00', '11:00'];
  }

  @Traced({ kind: 'tool', name: 'crm_update' })
  failing(): never {
    throw new Error('CRM is down', { cause: new Error('ECONNREFUSED 10.0.0.7:443') });
  }
}

/** Every outcome of a webhook that these tests check. */
@Controller('webhook')
export class WebhookController {
  private readonly agent = new SofiaAgent();
  /** Resolves when the background work of the early route may continue. */
  static gate: Promise<void> = Promise.resolve();

  @Post()
  @HttpCode(202)
  early(@Body() body: { contactId: string; body: string }): { accepted: true } {
    void this.work(body);
    return { accepted: true };
  }

  @Traced('work')
  private async work({ body }: { body: string }): Promise<void> {
    traceEvent('intelligence_analysis', { lead_score: 8, suggested_agent: 'sofia' });
    traceRoute('supervisor', 'sofia', { reason: 'score >= 8' });
    await WebhookController.gate;
    await this.agent.reply(body);
  }

  @Post('sync')
  async sync(@Body() body: { body: string }, @CurrentTrace() trace: TraceContext): Promise<unknown> {
    await this.agent.reply(body.body);
    return { trace: trace.traceId, traceparent: currentTrace()?.traceparent };
  }

  @Post('failing')
  failing(): void {
    this.agent.failing();
  }

  @Post('observable')
  observable(@Body() body: { contactId: string }) {
    return from([1, 2, 3]).pipe(
      mergeMap(async (n) => {
        await nextTurn();
        traceEvent('step', { n, contact: body.contactId });
        return n;
      }),
      map((n) => ({ n })),
    );
  }

  @Post('bigint')
  bigint(): unknown {
    return { big: 1n };
  }

  @Post('signed')
  @UseGuards(SignatureGuard)
  signed(): string {
    return 'never';
  }

  @Get('items/:id')
  item(@Param('id', ParseIntPipe) id: number): number {
    return id;
  }

  @Post('hidden')
  @NoTrace()
  hidden(): string {
    traceEvent('never_kept');
    return 'ok';
  }

  @Post('many')
  @HttpCode(202)
  many(@Body() body: { contactId: string }): { accepted: true } {
    void this.interleaved(body.contactId);
    return { accepted: true };
  }

  @Traced({ kind: 'agent', name: 'interleaved' })
  private async interleaved(contact: string): Promise<void> {
    for (let step = 0; step < 10; step += 1) {
      await (step % 2 ? nextTurn() : delay((contact.length * 7 + step) % 5));
      traceEvent('step', { contact, step });
    }
    traceError('interleaved', new Error(`of ${contact}`));
    traceReply(`to ${contact}`);
  }
}

/** Outside the default match. */
@Controller('hooks')
export class HooksController {
  @Post('orders/:id')
  @TraceWebhook({ type: 'order', contactId: (request: any) => request.body.customer })
  order(): string {
    traceEvent('order_seen');
    return 'ok';
  }

  @Post('refused')
  @TraceWebhook()
  @UseGuards(SignatureGuard)
  refused(): string {
    return 'never';
  }

  @Post('plain')
  plain(): string {
    return 'ok';
  }
}
