import { randomFillSync } from 'node:crypto';
import type { Server } from 'node:net';
import {
  type DynamicModule,
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_INTERCEPTOR, ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { installCapture } from './capture/adapters/install.js';
import { type Capture, createCapture } from './capture/capture.js';
import { MessageCapture } from './capture/message-capture.js';
import { trimSlashes } from './capture/route-rules.js';
import { SelfErrors } from './capture/self-errors.js';
import { TraceInterceptor } from './capture/trace.interceptor.js';
import type { RandomSource } from './capture/trace-identity.js';
import { WebhookCapture } from './capture/webhook-capture.js';
import { webhookFilter } from './capture/webhook-filter.js';
import { buildingText } from './catalog/building-report.js';
import type { IndexProgress } from './catalog/catalog.api.js';
import { registerRecorder } from './context/trace-context.js';
import { DebugAccess } from './debug/access/debug-access.js';
import { createDebugControllers, DEBUG_PROVIDERS, mountDebug } from './debug/debug.controllers.js';
import { DEBUG_OPTIONS, TRACE_QUERIES } from './debug/debug.tokens.js';
import { installNoCors } from './debug/http/no-cors.js';
import { packageVersion } from './model/package-version.js';
import { type Clock, SystemClock } from './model/clock.js';
import { type ResolvedOptions, resolveOptions } from './options-resolver.js';
import { TraceQuery } from './query/trace-query.js';
import type { TraceStore } from './store/port.js';
import { EmbeddedStore } from './store/embedded-store.js';
import type { TraceModuleAsyncOptions, TraceModuleOptions, TraceOptionsFactory } from './trace.options.js';
import { TraceService } from './trace.service.js';
import { CLOCK, GIVEN_OPTIONS, OPTIONS, RANDOM } from './trace.tokens.js';
import { defineEventTypes } from './views/event-types.js';

const STORE = Symbol('TRACE_STORE');
const CAPTURE = Symbol('TRACE_CAPTURE');
const CONTROLLERS = Symbol('TRACE_DEBUG_CONTROLLERS');

/** Opens traces, collects them, serves `/debug`. Global: import it once, in the root module. */
@Global()
@Module({})
export class TraceModule implements OnApplicationShutdown {
  /**
   * @param options all optional, documented at `TraceModuleOptions`. A bad one fails the start of the application with
   *   one `TraceCollectorError` that names the option, the value and what is allowed.
   */
  static forRoot(options: TraceModuleOptions = {}): DynamicModule {
    return define({ provide: GIVEN_OPTIONS, useValue: options });
  }

  /** Like `forRoot`, with options that are made by a factory or a class once their dependencies are there. */
  static forRootAsync(options: TraceModuleAsyncOptions): DynamicModule {
    const { imports, inject, useFactory, useClass, useExisting } = options;
    if (useFactory) return define({ provide: GIVEN_OPTIONS, inject, useFactory }, imports);
    const factory = useExisting ?? useClass;
    if (!factory) throw new TypeError('TraceModule.forRootAsync needs one of useFactory, useClass, useExisting');
    const made: Provider = {
      provide: GIVEN_OPTIONS,
      inject: [factory],
      useFactory: (maker: TraceOptionsFactory) => maker.createTraceOptions(),
    };
    return define(made, imports, useClass ? [{ provide: useClass, useClass }] : []);
  }

  private readonly unregister: () => void;

  constructor(
    @Inject(OPTIONS) options: ResolvedOptions,
    @Inject(CAPTURE) private readonly capture: Capture,
    @Inject(STORE) private readonly store: TraceStore,
    @Inject(CONTROLLERS) controllers: Type[],
    private readonly access: DebugAccess,
    private readonly config: ApplicationConfig,
    private readonly host: HttpAdapterHost,
  ) {
    this.unregister = registerRecorder(capture.recorder);
    mountDebug(controllers, options.debug);
    // A testing module makes its adapter only after its modules; `init$` then tells, and at once if there is one.
    host.init$.subscribe(() =>
      capture.selfErrors.guard('install', () => {
        installCapture(host.httpAdapter, capture.webhooks);
        // Where nobody may look, nothing may tell that there is something.
        if (access.mode !== 'off') installNoCors(host.httpAdapter, () => this.below(options.debug.path));
      }),
    );
    host.listen$.subscribe(() => capture.selfErrors.guard('start-up log', () => this.announce()));
  }

  /** Where to look, with the link that lets the reader of the log in. */
  private announce(): void {
    const address = (this.host.httpAdapter.getHttpServer() as Server).address();
    if (typeof address !== 'object' || address === null) return;
    const base = `http://localhost:${address.port}${this.below('')}`;
    const logger = new Logger('TraceModule');
    for (const line of this.access.startupLines(base)) logger.log(line);
  }

  /** A path under the application's global prefix. */
  private below(path: string): string {
    return [this.config.getGlobalPrefix(), path]
      .map(trimSlashes)
      .map((part) => part && `/${part}`)
      .join('');
  }

  async onApplicationShutdown(): Promise<void> {
    this.unregister();
    this.capture.close();
    await this.store.close();
  }
}

/** The module around the one provider that differs: where the options come from. */
function define(given: Provider, imports: DynamicModule['imports'] = [], more: Provider[] = []): DynamicModule {
  const controllers = createDebugControllers('debug');
  return {
    module: TraceModule,
    imports,
    controllers,
    providers: [
      ...more,
      given,
      { provide: CONTROLLERS, useValue: controllers },
      { provide: OPTIONS, inject: [GIVEN_OPTIONS], useFactory: (options) => resolveOptions(options) },
      { provide: CLOCK, useValue: new SystemClock() },
      { provide: RANDOM, useValue: randomFillSync },
      { provide: STORE, inject: [OPTIONS], useFactory: openStore },
      {
        provide: CAPTURE,
        inject: [OPTIONS, STORE, CLOCK, RANDOM, ModulesContainer, ApplicationConfig],
        useFactory: makeCapture,
      },
      { provide: WebhookCapture, inject: [CAPTURE], useFactory: (capture: Capture) => capture.webhooks },
      { provide: MessageCapture, inject: [CAPTURE], useFactory: (capture: Capture) => capture.messages },
      { provide: SelfErrors, inject: [CAPTURE], useFactory: (capture: Capture) => capture.selfErrors },
      TraceInterceptor,
      { provide: APP_INTERCEPTOR, useExisting: TraceInterceptor },
      { provide: TRACE_QUERIES, inject: [OPTIONS, STORE, CLOCK, CAPTURE], useFactory: makeQueries },
      { provide: DEBUG_OPTIONS, inject: [OPTIONS], useFactory: (options: ResolvedOptions) => options.debug },
      ...DEBUG_PROVIDERS,
      TraceService,
    ],
    exports: [TraceService],
  };
}

function openStore({ store, storage, retention }: ResolvedOptions): TraceStore {
  return store ?? EmbeddedStore.open({ ...storage, retention, onBuilding: logBuilding });
}

function logBuilding(progress: IndexProgress): void {
  new Logger('TraceModule').log(buildingText(progress));
}

function makeCapture(
  options: ResolvedOptions,
  store: TraceStore,
  clock: Clock,
  random: RandomSource,
  modules: ModulesContainer,
  config: ApplicationConfig,
): Capture {
  const { debug, capture } = options;
  const filter = webhookFilter(capture.routes, debug.enabled ? debug.path : undefined, modules, config);
  return createCapture(capture, store.sink, clock, filter, random);
}

function makeQueries(options: ResolvedOptions, store: TraceStore, clock: Clock, capture: Capture): TraceQuery {
  return new TraceQuery({
    store,
    eventTypes: defineEventTypes(options.eventTypes),
    hints: options.hints,
    timeZone: options.timeZone,
    clock,
    version: packageVersion(),
    selfErrors: () => capture.selfErrors.count,
  });
}
