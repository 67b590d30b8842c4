import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  Post,
  Res,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Traced, traced } from 'nestjs-trace-collector';
import { type Observable, of } from 'rxjs';

/** Answers 200 to everything, for providers that would otherwise send the webhook again. */
@Catch()
export class AnswersOk implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const response = host.switchToHttp().getResponse();
    if (response.headersSent || response.sent) return;
    const body = { received: true, error: error.message };
    if (typeof response.json === 'function') response.status(200).json(body);
    else response.status(200).send(body);
  }
}

@Injectable()
export class SignatureGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException('bad signature');
  }
}

@Injectable()
export class TenantGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class Passes implements CanActivate {
  canActivate(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** Refuses requests of this contact, in the way that the subclass does. */
abstract class ByContact implements CanActivate {
  abstract readonly contact: string;
  abstract refuse(): Promise<boolean> | Observable<boolean>;

  canActivate(context: ExecutionContext): boolean | Promise<boolean> | Observable<boolean> {
    const { body } = context.switchToHttp().getRequest() ?? {};
    return body?.contactId === this.contact ? this.refuse() : true;
  }
}

@Injectable()
export class ModuleGuard extends ByContact {
  readonly contact = 'app-guard';
  refuse(): Promise<boolean> {
    return Promise.reject(new ForbiddenException('not yours'));
  }
}

@Injectable()
export class GlobalGuard extends ByContact {
  readonly contact = 'global-guard';
  refuse(): Observable<boolean> {
    return of(false);
  }
}

/** Calls another guard, whose refusal is not its own. */
@Injectable()
class EitherGuard implements CanActivate {
  canActivate(): boolean {
    return new TenantGuard().canActivate() || true;
  }
}

class NotANumber implements PipeTransform {
  transform(): never {
    throw new BadRequestException(['age must be a number', 'name should not be empty']);
  }
}

class Throws implements NestInterceptor {
  intercept(): never {
    throw new Error('no interceptor today');
  }
}

@Controller('webhook')
@UseFilters(AnswersOk)
export class RefusingController {
  @Post('thrown')
  @UseGuards(Passes, SignatureGuard)
  thrown(): void {}

  @Post('open')
  open(): string {
    return 'ok';
  }

  @Post('pipe')
  pipe(@Body(NotANumber) _body: unknown): void {}

  @Post('interceptor')
  @UseInterceptors(Throws)
  interceptor(): void {}

  @Post('either')
  @UseGuards(EitherGuard)
  either(): never {
    throw new ForbiddenException('of the handler');
  }
}

@Controller('webhook/tenant')
@UseGuards(TenantGuard)
@UseFilters(AnswersOk)
export class TenantController {
  @Post()
  take(): void {}
}

export class LeadGone extends Error {}
class LeadGoneForever extends LeadGone {}

/** Errors of BullMQ 5, by the shape of its classes. */
class DelayedError extends Error {
  override readonly name = 'DelayedError';
}
/** LangGraph 1 marks what bubbles up with a getter of the class. */
class GraphInterrupt extends Error {
  override readonly name = 'GraphInterrupt';
  get is_bubble_up(): never {
    throw new Error('a getter was called');
  }
}
/** OpenAI's, Anthropic's: not BullMQ's of the same name. */
class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
  readonly status = 429;
}

const THROWN: Record<string, () => unknown> = {
  'status-200': () => new HttpException({ ok: true }, 200),
  'status-304': () => new HttpException('', 304),
  delayed: () => new DelayedError('bullmq:movedToDelayed'),
  interrupt: () => new GraphInterrupt('[]'),
  'bullmq-rate': () => Object.assign(new Error('bullmq:rateLimitExceeded'), { name: 'RateLimitError' }),
  abort: () => AbortSignal.abort().reason,
  canceled: () => Object.assign(new Error('canceled'), { name: 'CanceledError', code: 'ERR_CANCELED' }),
  'by-class': () => new LeadGoneForever('gone'),
  'by-name': () => Object.assign(new Error('skip'), { name: 'SkipMessage' }),
  'by-predicate': () => 'stop here',
  timeout: () => new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
  'timeout-inside': () =>
    Object.assign(new Error('aborted', { cause: new DOMException('timeout', 'TimeoutError') }), { name: 'AbortError' }),
  'rate-limit': () => new RateLimitError('429 slow down'),
  unrecoverable: () => Object.assign(new Error('no such lead'), { name: 'UnrecoverableError' }),
  'status-400': () => new HttpException('no', 400),
};

@Controller('webhook/flow')
export class FlowController {
  @Post()
  async take(@Body() { contactId }: { contactId: string }): Promise<string> {
    await this.outer(contactId).catch(() => undefined);
    return 'ok';
  }

  @Post('uncaught')
  uncaught(@Body() { contactId }: { contactId: string }): never {
    throw THROWN[contactId.replace('uncaught-', '')]!();
  }

  @Post('late')
  async late(@Res() response: any): Promise<void> {
    response.status(202).send({ ok: true });
    await Promise.resolve();
    throw new Error('after the answer');
  }

  @Traced({ name: 'outer' })
  private async outer(kind: string): Promise<void> {
    await traced(
      async () => {
        throw THROWN[kind]!();
      },
      { name: 'inner' },
    )();
  }
}
