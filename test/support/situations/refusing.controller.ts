import {
  type ArgumentMetadata,
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  ConflictException,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  Post,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { traceEvent } from 'nestjs-trace-collector';

@Injectable()
class DenyGuard implements CanActivate {
  canActivate = () => false;
}

@Injectable()
class SignatureGuard implements CanActivate {
  canActivate(): never {
    throw new UnauthorizedException('bad signature');
  }
}

@Injectable()
class BrokenGuard implements CanActivate {
  canActivate(): never {
    throw new TypeError('no key set');
  }
}

@Injectable()
class TracingGuard implements CanActivate {
  canActivate(): boolean {
    traceEvent('signature_checked', { valid: false });
    return false;
  }
}

@Injectable()
class EmailPipe implements PipeTransform {
  transform(_value: unknown, _about: ArgumentMetadata): never {
    throw new BadRequestException(['email must be an email']);
  }
}

@Injectable()
class OnceInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, _next: CallHandler): Observable<unknown> {
    throw new ConflictException('already handled');
  }
}

@Catch()
class FriendlyFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<{ status(code: number): { send(body: unknown): unknown } }>()
      .status(200)
      .send({ ok: false });
  }
}

/** Requests that guards, pipes, interceptors and filters answer. */
@Controller('webhook')
export class RefusingController {
  @Post('denied') @UseGuards(DenyGuard) denied() {
    return 'never';
  }

  @Post('signature') @UseGuards(SignatureGuard) signature() {
    return 'never';
  }

  @Post('broken-guard') @UseGuards(BrokenGuard) brokenGuard() {
    return 'never';
  }

  @Post('tracing-guard') @UseGuards(TracingGuard) tracingGuard() {
    return 'never';
  }

  @Post('friendly-guard') @UseGuards(SignatureGuard) @UseFilters(FriendlyFilter) friendlyGuard() {
    return 'never';
  }

  @Post('pipe') pipe(@Body(EmailPipe) _body: unknown) {
    return 'never';
  }

  @Post('interceptor') @UseInterceptors(OnceInterceptor) interceptor() {
    return 'never';
  }

  @Post('filter') @UseFilters(FriendlyFilter) filter() {
    throw new Error('hidden');
  }
}
