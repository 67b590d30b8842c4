import { setTimeout as delay } from 'node:timers/promises';
import {
  Body,
  type CanActivate,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Query,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Throttle } from '@nestjs/throttler';
import {
  CurrentTrace,
  NoTrace,
  traceEvent,
  traceReply,
  traceRoute,
  Traced,
  TraceWebhook,
  currentTrace,
  type TraceContext,
} from 'nestjs-trace-collector';
import { from, map, mergeMap, throwError } from 'rxjs';
import { Public } from './global-enhancers.js';

class SignatureGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException('Invalid signature');
  }
}

class SofiaAgent {
  @Traced({ kind: 'agent', name: 'sofia' })
  async reply(): Promise<void> {
    await delay(20);
    await this.check('monday');
    traceReply('¡Perfecto!');
  }

  @Traced({ kind: 'tool', name: 'check_calendar_availability' })
  async check(_day: string): Promise<string[]> {
    await delay(10);
    return ['10:00'];
  }
}

interface Lead {
  contactId: string;
  body: string;
}

@Controller({ path: 'webhook', version: '1' })
export class WebhookController {
  private readonly sofia = new SofiaAgent();

  /** Behind the global guard, like most of an application. */
  @Post('private')
  private(): { ok: true } {
    return { ok: true };
  }

  /** Answers at once and continues to work. */
  @Post()
  @Public()
  @HttpCode(202)
  receive(@Body() lead: Lead, @CurrentTrace() trace: TraceContext): { contact: string; trace: string } {
    void this.work();
    return { contact: lead.contactId, trace: trace.traceId };
  }

  private async work(): Promise<void> {
    traceEvent('intelligence_analysis', { lead_score: 8, suggested_agent: 'sofia' });
    traceRoute('supervisor', 'sofia');
    await this.sofia.reply();
  }

  @Post('signed')
  @Public()
  @UseGuards(SignatureGuard)
  signed(): void {}

  @Post('throttled')
  @Public()
  @Throttle({ default: { limit: 1, ttl: 60_000 } })
  throttled(): { ok: true } {
    return { ok: true };
  }

  @Get('items/:id')
  @Public()
  item(@Param('id', ParseIntPipe) id: number): { id: number } {
    return { id };
  }

  @Post('observable')
  @Public()
  observable(@Body() lead: Lead) {
    return from([1, 2, 3]).pipe(
      mergeMap(async (step) => {
        await delay(step);
        traceEvent('step', { step, contact: lead.contactId, seen: currentTrace()?.contactId });
        return step;
      }),
      map((step) => ({ step })),
    );
  }

  @Post('observable-error')
  @Public()
  observableError() {
    return throwError(() => new TypeError('The stream broke'));
  }

  @Post('unserialisable')
  @Public()
  unserialisable(): unknown {
    return { amount: 1n };
  }

  @Get()
  @Public()
  challenge(@Query('hub.challenge') challenge: string): string {
    return challenge;
  }

  @Post('hidden')
  @Public()
  @NoTrace()
  hidden(): { ok: true } {
    return { ok: true };
  }
}

/** Outside the default match, in every version of the API. */
@Public()
@Controller({ path: 'hooks', version: ['1', '2'] })
export class HooksController {
  @Post('orders/:id')
  @TraceWebhook({ type: 'order', contactId: (request) => (request.body as { customer: string }).customer })
  order(): { ok: true } {
    traceEvent('order_seen');
    return { ok: true };
  }

  @Post('plain')
  plain(): { trace: string | null } {
    return { trace: currentTrace()?.traceId ?? null };
  }
}
