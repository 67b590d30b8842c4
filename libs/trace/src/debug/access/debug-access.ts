import { Inject, Injectable, Scope } from '@nestjs/common';
import type { CanActivate, ExecutionContext, Type } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { firstValueFrom, isObservable } from 'rxjs';
import { DEBUG_OPTIONS } from '../debug.tokens.js';
import type { ResolvedDebugOptions } from '../debug.options.js';
import { accessMode } from './access-mode.js';
import type { AccessMode } from './access-mode.js';
import { Credential } from './credential.js';
import { ensureDebugToken } from './debug-token.js';
import type { DebugToken } from './debug-token.js';
import { startupLines } from './startup-lines.js';

/** The mode, the token and the application's guards, resolved once for the guard. */
@Injectable()
export class DebugAccess {
  readonly mode: AccessMode;
  private made?: DebugToken;
  private credential?: Credential;
  private readonly created = new Map<Type<CanActivate>, Promise<CanActivate>>();

  constructor(
    @Inject(DEBUG_OPTIONS) private readonly options: ResolvedDebugOptions,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
  ) {
    this.mode = accessMode(options);
  }

  /** Where people find the token, where that is not the application's place. */
  get tokenPlace(): string | undefined {
    return this.options.tokenPlace;
  }

  /** The token of this application. Generates and stores one on first use where none is configured. */
  token(): Credential {
    this.credential ??= new Credential(this.options.token || this.madeToken().token);
    return this.credential;
  }

  /** Lines for the start-up log. Generates the token where people need one. */
  startupLines(baseUrl: string): string[] {
    const needed = (this.mode === 'token' || this.mode === 'loopback') && !this.options.token;
    return startupLines(this.options, baseUrl, needed ? this.madeToken() : undefined);
  }

  /** Asks the application's guards, in order; the first `false` decides. What a guard throws is its answer. */
  async askGuards(given: ExecutionContext): Promise<boolean> {
    const context = withoutDecorators(given);
    for (const guard of this.options.guards) {
      const instance = typeof guard === 'function' ? await this.guardOf(guard, context) : guard;
      const answer = instance.canActivate(context);
      if (!(await (isObservable(answer) ? firstValueFrom(answer) : answer))) return false;
    }
    return true;
  }

  private madeToken(): DebugToken {
    this.made ??= ensureDebugToken(this.options.dir);
    return this.made;
  }

  /**
   * The application's own instance where it has one, in any module; else one made here, as `@UseGuards` would. A
   * guard of request or transient scope gets an instance per request.
   */
  private async guardOf(type: Type<CanActivate>, context: ExecutionContext): Promise<CanActivate> {
    switch (this.scopeOf(type)) {
      case undefined: {
        const creating = this.created.get(type) ?? this.modules.create<CanActivate>(type);
        this.created.set(type, creating);
        return creating;
      }
      case Scope.DEFAULT:
        return this.modules.get<CanActivate>(type, { strict: false });
      default: {
        const request = context.switchToHttp().getRequest<object>();
        return this.modules.resolve<CanActivate>(type, ContextIdFactory.getByRequest(request), { strict: false });
      }
    }
  }

  /** `undefined` where no module of the application has it. */
  private scopeOf(type: Type<CanActivate>): Scope | undefined {
    try {
      return this.modules.introspect(type).scope;
    } catch {
      return undefined;
    }
  }
}

/**
 * The context without the `debug.decorators`. They are for global guards: `Public()` lets our routes pass a global JWT
 * guard, and must not open them where the same guard is in `debug.guards`.
 */
function withoutDecorators(context: ExecutionContext): ExecutionContext {
  const undecorated = Object.getPrototypeOf(context.getClass()) as Type;
  return Object.create(context, { getClass: { value: () => undecorated } }) as ExecutionContext;
}
