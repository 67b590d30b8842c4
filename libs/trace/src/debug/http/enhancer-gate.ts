import { Catch, type CanActivate, type ExceptionFilter, Inject, Injectable, type Type } from '@nestjs/common';
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';

/**
 * For `@UseGuards()` and `@UseFilters()` of our controllers: delegates to the provider of this class. Nest instantiates
 * the arguments of these decorators itself, outside the providers, where a throw would stop the application's start.
 */
export function viaProvider(token: Type): Type<CanActivate & ExceptionFilter> {
  @Injectable()
  @Catch()
  class EnhancerGate implements CanActivate, ExceptionFilter {
    constructor(@Inject(token) private readonly inner: CanActivate & ExceptionFilter) {}

    canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
      return this.inner.canActivate(context);
    }

    catch(error: unknown, host: ArgumentsHost): unknown {
      // oxlint-disable-next-line promise/valid-params -- an exception filter, no promise
      return this.inner.catch(error, host);
    }
  }
  return EnhancerGate;
}
