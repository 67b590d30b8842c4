import { timingSafeEqual } from 'node:crypto';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Injectable,
  Module,
  Post,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { TraceModule, Traced } from 'nestjs-trace-collector';
import type { IncomingHttpHeaders } from 'node:http';

/** The part of Telegram's update that this bot reads. */
interface Update {
  message?: { chat: { id: number }; text?: string };
}

/** Telegram sends the secret that you gave to `setWebhook` along. */
@Injectable()
export class SecretTokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: IncomingHttpHeaders }>();
    const given = Buffer.from(String(headers['x-telegram-bot-api-secret-token'] ?? ''));
    const wanted = Buffer.from(process.env.TELEGRAM_SECRET ?? '');
    if (wanted.length > 0 && given.length === wanted.length && timingSafeEqual(given, wanted)) return true;
    throw new UnauthorizedException('The secret token is wrong');
  }
}

@Controller('webhook/telegram')
export class TelegramController {
  @Post()
  @HttpCode(200)
  @UseGuards(SecretTokenGuard)
  async receive(@Body() { message }: Update): Promise<void> {
    if (message) await this.send(message.chat.id, await this.answer(message.text ?? ''));
  }

  @Traced({ kind: 'agent', name: 'maria' })
  private async answer(text: string): Promise<string> {
    return `Recibí: ${text}`;
  }

  /** The bot's token is part of the path. Traces have the path without it. */
  private async send(chat: number, text: string): Promise<void> {
    const response = await fetch(`https://api.telegram.org/bot${process.env.TELEGRAM_TOKEN}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: chat, text }),
    });
    if (!response.ok) throw new Error(`Telegram refused the message: ${response.status}`);
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [TelegramController] })
export class AppModule {}
