import type { Server } from 'node:net';
import {
  type HttpServer,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { installCapture } from './capture/http/adapters/install.js';
import type { Capture } from './capture/capture.js';
import type { TracedProviders } from './capture/providers/trace-providers.js';
import { markUnderTest, registerApplication } from './context/applications.js';
import { registerRecorder } from './context/trace-context.js';
import { DebugAccess } from './debug/access/debug-access.js';
import { mountDebug } from './debug/debug.controllers.js';
import { TRACE_QUERIES } from './debug/debug.tokens.js';
import { installNoCors } from './debug/http/no-cors.js';
import { hideBodies } from './debug/otlp/unread-body.js';
import type { HeldStore } from './held-store.js';
import { originOf, socketOf, whenAdapter, whenListening } from './host-events.js';
import type { ResolvedOptions } from './trace.options.js';
import { prefixedPath } from './prefixed-path.js';
import { ServerFile } from './server-file.js';
import { StartGuard } from './start-guard.js';
import { CAPTURE, OPTIONS, START, STORE, TRACED_PROVIDERS, UNDER_TEST } from './trace.tokens.js';

/** Connects the providers to the application: to its adapter, its routes, its log and its shutdown. */
@Injectable()
export class ApplicationWiring implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private stopRecording: () => void = () => undefined;
  private readonly serverFile: ServerFile;

  constructor(
    @Inject(START) private readonly start: StartGuard,
    @Inject(OPTIONS) private readonly options: ResolvedOptions,
    @Inject(CAPTURE) private readonly capture: Capture | undefined,
    @Inject(STORE) private readonly held: HeldStore | undefined,
    @Inject(TRACE_QUERIES) queries: object,
    @Inject(UNDER_TEST) underTest: boolean,
    @Inject(DebugAccess) private readonly access: DebugAccess | undefined,
    @Inject(TRACED_PROVIDERS) private readonly providers: TracedProviders | undefined,
    private readonly config: ApplicationConfig,
    private readonly host: HttpAdapterHost,
    modules: ModulesContainer,
  ) {
    this.serverFile = new ServerFile(options.debug.dir);
    this.record(underTest);
    registerApplication(modules, {
      recorder: () => (start.recording.on ? capture?.recorder : undefined),
      queries: () => queries,
    });
    start.mountDebug((controllers) => mountDebug(controllers, options.debug));
    whenAdapter(host, (adapter) => this.install(adapter));
  }

  /** Nest has made all instances. Hooks of global modules run first, so the methods are wrapped before others take them. */
  onModuleInit(): void {
    this.start.attempt('recording providers', () => this.providers?.instancesMade(), nothing);
  }

  onApplicationBootstrap(): void {
    whenListening(this.host, (server) => {
      try {
        this.announce(server);
      } catch (error) {
        this.start.warn(`The start-up log failed: ${String(error)}`);
      }
    });
  }

  async onApplicationShutdown(): Promise<void> {
    try {
      this.serverFile.withdraw();
      this.stopRecording();
    } finally {
      await this.held?.close();
    }
  }

  /** After this call new traces may begin. */
  private record(underTest: boolean): void {
    const { capture, start } = this;
    if (!capture || !start.recording.on) return;
    if (underTest) markUnderTest(capture.recorder);
    const unregister = registerRecorder(capture.recorder);
    this.stopRecording = () => {
      unregister();
      capture.close();
      this.providers?.stop();
    };
    start.onOff(this.stopRecording);
  }

  private install(adapter: HttpServer): void {
    const { start, capture, access } = this;
    if ((adapter.getHttpServer?.() as Server | undefined)?.listening) {
      start.warn(
        'TraceModule is loaded after the application began to listen: no webhook is recorded, and /debug is not served. ' +
          'Import it in the root module.',
      );
      return;
    }
    start.attempt('installing capture', () => capture && installCapture(adapter, capture.webhooks), nothing);
    // If /debug is off, no answer may differ from that of an application without it.
    if (!access || access.mode === 'off') return;
    const base = (): string => prefixedPath(this.options.debug.path, this.config);
    start.attempt('receiving spans', () => hideBodies(adapter, base), nothing);
    start.attempt(
      'keeping CORS off /debug',
      () => installNoCors(adapter, base),
      () => start.hideDebug(),
    );
  }

  /** Logs at most four lines: the recorded routes, the shared store, and the link to `/debug` with its token. */
  private announce(server: Server): void {
    const socket = socketOf(server);
    const origin = socket === undefined ? originOf(server) : '';
    if (!this.access || origin === undefined) return;
    const { path } = this.options.debug;
    const below = prefixedPath(path, this.config);
    // A path with a parameter, such as `/<tenant>/debug`, is no address.
    if (origin !== '' && this.access.mode !== 'off' && !below.includes('<')) this.serverFile.announce(origin + below);
    const [link, ...problems] = this.access.startupLines(origin + below.slice(0, -path.length - 1));
    const logger = new Logger('TraceModule');
    const recorded = this.start.recording.on ? this.capture?.recordedRoutes() : undefined;
    if (recorded !== undefined) logger.log(recorded);
    const { shownShared, own } = this.held ?? {};
    if (shownShared !== undefined) logger.log(`Traces are shared in ${shownShared}, as instance ${own?.instance}`);
    // A socket has no link: the reader puts the address of the proxy before the path.
    if (link !== undefined)
      logger.log(socket === undefined || this.access.mode === 'off' ? link : `${link}, on the socket ${socket}`);
    for (const problem of problems) logger.warn(problem);
  }
}

function nothing(): void {}
