import { type DynamicModule, Global, Inject, Logger, Module, Optional, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { applicationOf } from './context/applications.js';
import { createDebugControllers } from './debug/debug.controllers.js';
import { guarded, type OwnProvider } from './guarded-provider.js';
import { type RootMark, startGuardOf } from './root-mark.js';
import type { TraceModuleAsyncOptions, TraceModuleOptions } from './trace.options.js';
import { givenOptions } from './given-options.js';
import { ownProviders, serviceOf } from './trace.providers.js';
import { TraceHealthIndicator } from './trace-health.indicator.js';
import { TraceService } from './trace.service.js';
import { GIVEN_OPTIONS, ROOT_MARK, START, UNDER_TEST } from './trace.tokens.js';

/**
 * Records traces and serves `/debug`. The module is global: import it once, in the root module, as
 * `TraceModule.forRoot()`. The class without `forRoot()` records nothing, and logs a warning.
 *
 * @example
 * const metadata: ModuleMetadata = { imports: [TraceModule.forRoot()] }; // of the root module
 */
@Global()
@Module({
  providers: [
    {
      provide: TraceService,
      inject: [ModulesContainer],
      useFactory: (modules: ModulesContainer) => serviceOf(modules, () => undefined),
    },
  ],
  exports: [TraceService],
})
export class TraceModule {
  /**
   * The module with these options.
   *
   * @param options all optional, documented at `TraceModuleOptions`. An invalid one fails the start of the application
   *   with a `TraceCollectorError`, whose message has the option, the value and the allowed values
   * @example
   * TraceModule.forRoot({ capture: { routes: '/hooks' }, lifecycle: { expectReply: true }, retention: { maxAge: '14d' } })
   */
  static forRoot(options: TraceModuleOptions = {}): DynamicModule {
    return defineModule({ provide: GIVEN_OPTIONS, useValue: options });
  }

  /**
   * Like `forRoot`, with options from a factory or a class that has dependencies. A factory that throws or rejects fails the
   * start of the application with an error that has the factory's error as `cause`.
   *
   * @example
   * TraceModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ debug: { token: config.getOrThrow('TRACE_TOKEN') } }),
   * })
   */
  static forRootAsync(options: TraceModuleAsyncOptions): DynamicModule {
    const { given, more } = givenOptions(options);
    return defineModule(given, { imports: options.imports, more });
  }

  constructor(
    @Optional() @Inject(ROOT_MARK) private readonly mark: RootMark | undefined,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {}

  /** At this time Nest has made every module of the application. */
  onModuleInit(): void {
    if (this.mark || applicationOf(this.modules)) return;
    new Logger('TraceModule').warn(
      'TraceModule is imported without forRoot(): nothing is recorded. Write `imports: [TraceModule.forRoot()]`.',
    );
  }
}

interface ModuleParts {
  imports?: DynamicModule['imports'];
  /** Providers of the application's that the options need. */
  more?: Provider[];
  /** Default: `ownProviders()`. */
  own?: OwnProvider[];
}

/** @internal The module around the one provider that differs: where the options come from. */
export function defineModule(given: Provider, { imports = [], more = [], own }: ModuleParts = {}): DynamicModule {
  const mark = rootMark();
  return {
    module: TraceModule,
    imports,
    controllers: [...mark.controllers],
    providers: [
      ...more,
      given,
      { provide: ROOT_MARK, useValue: mark },
      { provide: START, inject: [ROOT_MARK, ModulesContainer], useFactory: startGuardOf },
      { provide: UNDER_TEST, useValue: false },
      ...(own ?? ownProviders()).map(guarded),
    ],
    exports: [TraceService, TraceHealthIndicator],
  };
}

/** `forRoot` runs while the application's files are loaded: no guard catches a throw here. */
function rootMark(): RootMark {
  try {
    return { controllers: createDebugControllers('debug', START) };
  } catch (fault) {
    return { controllers: [], fault };
  }
}
