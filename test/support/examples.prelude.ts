/**
 * Names that examples use without declaring them: the application's own, and packages that are not installed here. Not part of
 * the package.
 */
/* oxlint-disable no-unused-vars, typescript/no-extraneous-class -- examples use these names */

interface Lead {
  id: string;
  message: string;
}
interface Job {
  data: { lead: Lead; trace?: import('nestjs-trace-collector').TraceCarrier };
  attemptsMade: number;
}
interface Connection {
  insert(lead: Lead): Promise<void>;
}
declare const lead: Lead;
declare const order: { id: string };
declare const slot: Date;
declare const text: string;
declare const message: string;
declare const sent: { id: string };
declare const customer: { id: string };
declare const job: Job;
declare const model: string;
declare const recorded: import('nestjs-trace-collector/testing').ConformanceSpan[];
declare const CANCELLED: unique symbol;
declare const queue: { add(name: string, data: object, options?: { attempts: number }): Promise<void> };
declare const pool: { acquire(work: (connection: Connection) => Promise<void>): void };
declare const OpenAI: new (options: { fetch: typeof globalThis.fetch }) => object;
declare const gatewayFetch: typeof globalThis.fetch;
declare const openai: { responses: { create(request: object): Promise<AsyncIterable<object>> } };
declare const recogniser: { on(event: string, listener: (value: unknown) => void): void };
declare const logger: { log(line: string): void };
declare const calendar: { book(slot: Date): Promise<void> };
declare const workflow: { handle(message: string): Promise<void> };
declare const sofia: { remind(lead: Lead): Promise<void> };
declare function ask(text: string): Promise<string>;
declare function show(part: object): void;
declare function followUp(job: Job): Promise<void>;
declare function callPartner(order: object): Promise<void>;
declare function MyDecorator(): MethodDecorator & ClassDecorator;
declare function Processor(queue: string): ClassDecorator;
declare class WorkerHost {}
declare class PrismaService {}
declare const PostgresStore: new (schema: string) => import('nestjs-trace-collector').TraceStore;
declare function newSchema(): string;
declare class LeadAlreadyBooked extends Error {}
declare class ConfigService {
  getOrThrow(name: string): string;
}
declare function appendFile(path: string, data: Uint8Array): Promise<void>;
declare const rawBody: string;
declare const request: { headers: Record<string, string>; rawBody: string };
declare class HealthCheckService {
  check(indicators: (() => unknown)[]): Promise<object>;
}
declare class BatchSpanProcessor {
  constructor(exporter: object);
}
declare class NodeTracerProvider {
  constructor(options: { spanProcessors: object[] });
  register(): void;
}
declare class NodeSDK {
  constructor(options: { spanProcessors: object[] });
  start(): void;
}
declare const exporter: object;
