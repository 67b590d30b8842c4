import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { runInTrace } from 'nestjs-trace-collector';
import { firstValueFrom, toArray } from 'rxjs';
import WebSocket from 'ws';
import { Jobs } from './jobs.js';

/** Lets a test reach endpoints other than HTTP. Its own routes are no webhooks. */
@Controller('drive')
export class DriveController {
  constructor(
    @Inject('INHERITING') private readonly inheriting: ClientProxy,
    @Inject('PLAIN') private readonly plain: ClientProxy,
    private readonly jobs: Jobs,
  ) {}

  @Post('rpc')
  async rpc(@Body() { pattern, data, to }: { pattern: never; data: unknown; to?: string }): Promise<unknown> {
    const client = to === 'plain' ? this.plain : this.inheriting;
    try {
      return await firstValueFrom(client.send(pattern, data).pipe(toArray()));
    } catch (error) {
      return { failed: error };
    }
  }

  @Post('event')
  async event(@Body() { pattern, data }: { pattern: string; data: unknown }): Promise<void> {
    await firstValueFrom(this.inheriting.emit(pattern, data), { defaultValue: undefined });
  }

  @Post('ws')
  async ws(
    @Body() { event, data, answers }: { event: string; data: unknown; answers: number },
    @Req() request: { headers: { host: string } },
  ): Promise<unknown[]> {
    const socket = new WebSocket(`ws://${request.headers.host}`);
    const messages: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify({ event, data }), () => answers === 0 && resolve()));
      socket.on('message', (message) => {
        messages.push(JSON.parse(String(message)));
        if (messages.length === answers) resolve();
      });
    });
    socket.close();
    return messages;
  }

  @Post('job/:name')
  job(@Param('name') name: string, @Query('contact') contact?: string): void {
    if (contact) runInTrace({ contactId: contact, type: 'test' }, () => this.jobs.fire(name));
    else this.jobs.fire(name);
  }

  @Post('emit')
  emit(): void {
    this.jobs.emit();
  }

  @Get('heard')
  heard(): (string | null)[] {
    return this.jobs.heard.map((contact) => contact ?? null);
  }
}

@Controller('webhook')
export class EmittingController {
  constructor(private readonly jobs: Jobs) {}

  @Post('emit')
  emit(): void {
    this.jobs.emit();
  }
}
