import type { LoggerService } from '@nestjs/common';
import { traceLogFields } from 'nestjs-trace-collector';
import { type Logger, pino } from 'pino';

/** The application's logger: each line has `trace_id`, so that a log search finds the trace and the trace the log. */
export const log: Logger = pino({ mixin: () => traceLogFields() });

/** Nest's own lines through pino. */
export class PinoLogger implements LoggerService {
  log(message: unknown, context?: string): void {
    log.info({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    log.warn({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    log.error({ context, stack }, String(message));
  }
}
