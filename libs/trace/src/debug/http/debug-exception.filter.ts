import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { DebugReply } from './debug-reply.js';
import type { DebugResponse } from './http-types.js';

/** What guards and Nest itself throw on these routes. Stands on the controllers: it comes before the application's global filters. */
@Catch()
export class DebugExceptionFilter implements ExceptionFilter {
  constructor(@Inject(DebugReply) private readonly reply: DebugReply) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.reply.error(host.switchToHttp().getResponse<DebugResponse>(), error);
  }
}
