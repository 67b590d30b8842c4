/**
 * Tests of the public types: `npm run typecheck` compiles this file. Nothing here runs. A line after `@ts-expect-error`
 * must not compile.
 */
import type { DynamicModule } from '@nestjs/common';
import {
  bindTrace,
  currentTrace,
  type Dialect,
  type ErrorCode,
  type FullTraceResponse,
  type HintRule,
  NoTrace,
  runInTrace,
  startSpan,
  Traced,
  traced,
  TraceCollectorError,
  traceCarrier,
  traceContact,
  type TraceCarrier,
  type TraceContext,
  traceError,
  traceEvent,
  type TraceEvents,
  traceLogFields,
  type TraceLogFields,
  TraceModule,
  type TraceModuleOptions,
  traceReply,
  traceRoute,
  TraceService,
  type TraceSpan,
  type TraceStatus,
  traceTag,
  traceUsage,
  TraceWebhook,
  type TracesResponse,
  waitUntil,
} from 'nestjs-trace-collector';
import { TraceTestingModule, tracesOf, webhooks } from 'nestjs-trace-collector/testing';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only if both types are the same. */
declare function same<A, B>(...wrong: Equal<A, B> extends true ? [] : [never]): void;

interface Lead {
  id: string;
}
declare const lead: Lead;
declare const service: TraceService;

// Functions return nothing: there is no result to wait for.
same<ReturnType<typeof traceEvent>, void>();
traceEvent('my_event');
traceEvent('my_event', { any: lead }, { durationMs: 5 });
// @ts-expect-error -- the type comes first, as text
traceEvent({ any: lead });
// @ts-expect-error -- the name is durationMs
traceEvent('my_event', {}, { duration: 5 });

// Payloads of declared types are checked, others are open.
declare module 'nestjs-trace-collector' {
  interface TraceEvents {
    booking: { slot: string; guests?: number };
    heartbeat: undefined;
  }
}
same<TraceEvents['booking'], { slot: string; guests?: number }>();
traceEvent('booking', { slot: 'monday', guests: 2 });
traceEvent('booking', { slot: 'monday' }, { durationMs: 5 });
traceEvent('heartbeat');
// @ts-expect-error -- the slot is required
traceEvent('booking', { guests: 2 });
// @ts-expect-error -- the slot is text
traceEvent('booking', { slot: 1 });
// @ts-expect-error -- there is no such key
traceEvent('booking', { slot: 'monday', guest: 2 });
// @ts-expect-error -- it has no payload
traceEvent('heartbeat', {});
service.traceEvent('booking', { slot: 'monday' });
// @ts-expect-error -- the same types as the function's
service.traceEvent('booking', 'monday');
declare const name: string;
traceEvent(name, { any: lead });
traceEvent(`lead_${name}`, lead);
// Built-in types are declared, and take further keys.
interface Analysis {
  lead_score: number;
}
declare const analysis: Analysis;
traceEvent('intelligence_analysis', analysis);
traceEvent('intelligence_analysis', { lead_score: 8, mood: 'good' });
// @ts-expect-error -- a score is a number
traceEvent('intelligence_analysis', { lead_score: 'high' });

same<ReturnType<typeof startSpan>, TraceSpan>();
const span = startSpan('transcribe', { type: 'tool', input: lead, attributes: { seconds: 12 } });
span.end('text');
span.fail('anything may be thrown');
span.set({ language: 'es', final: true });
span.usage({ input_tokens: 3 });
same<typeof span.traceId, string | undefined>();
const inside: number = span.run(() => 7);
void inside;
// @ts-expect-error -- attributes are small
span.set({ lead });
// @ts-expect-error -- the name is type
startSpan('transcribe', { kind: 'tool' });

traceUsage({
  model: 'gpt-5-mini',
  provider: 'openai',
  input: 10,
  output: 2,
  cacheRead: 4,
  reasoning: 1,
  costUsd: 0.01,
});
traceUsage({ prompt_tokens: 1, completion_tokens: 2 });
// @ts-expect-error -- an object
traceUsage(12);

traceTag('plan', 'pro');
traceTag('retries', 2);
// @ts-expect-error -- a tag is text, a number or a boolean
traceTag('lead', lead);

same<ReturnType<typeof traceLogFields>, TraceLogFields>();
same<typeof service.traceTag, typeof traceTag>();
same<typeof service.startSpan, typeof startSpan>();
same<typeof service.traceUsage, typeof traceUsage>();
same<typeof service.traceLogFields, typeof traceLogFields>();

void TraceModule.forRoot({ capture: { logs: 'warn' } });
void TraceModule.forRoot({ capture: { logs: { level: 'debug', console: true }, providers: [/Agent$/, TraceService] } });
void TraceModule.forRoot({ capture: { logs: false, providers: { include: [/Agent$/], exclude: TraceService } } });
// @ts-expect-error -- Nest's levels
void TraceModule.forRoot({ capture: { logs: 'info' } });
// @ts-expect-error -- the name is include
void TraceModule.forRoot({ capture: { providers: { included: /Agent$/ } } });

traceError('crm', new Error('down'), { lead });
traceError('crm', 'anything may be thrown');
// @ts-expect-error -- the error is required
traceError('crm');

traceRoute('supervisor', 'sofia', { reason: 'asks for a price', candidates: ['maria', 'sofia'] });
// @ts-expect-error -- both agents are required
traceRoute('supervisor');

traceReply('Hola', { channel: 'whatsapp', messageId: 'wamid.1' });
// @ts-expect-error -- a reply is text
traceReply({ text: 'Hola' });

traceContact('ana');
traceContact(42);
// @ts-expect-error -- a contact is text or a number
traceContact(lead);

same<ReturnType<typeof currentTrace>, TraceContext | undefined>();
same<ReturnType<typeof traceCarrier>, TraceCarrier | undefined>();
// @ts-expect-error -- there may be no trace
currentTrace().traceId;

// `traced` keeps the type of the function, parameters and result.
const ask = traced(async (text: string, retries = 1) => text.length + retries, 'ask');
same<typeof ask, (text: string, retries?: number) => Promise<number>>();
const generate = traced(function* (limit: number) {
  yield limit;
});
same<ReturnType<typeof generate>, Generator<number, void, unknown>>();
traced((text: string) => text, { kind: 'llm', input: (text) => text.length, output: (answer) => answer.length });
// @ts-expect-error -- no such kind
traced((text: string) => text, { kind: 'worker' });
// @ts-expect-error -- input is called with the arguments of the function
traced((text: string) => text, { input: (text: number) => text });
// @ts-expect-error -- the first argument is the function
traced('ask', async () => 1);

class Agent {
  @Traced({ kind: 'agent', name: 'sofia', input: (given: Lead) => given.id })
  async reply(given: Lead): Promise<string> {
    return given.id;
  }

  @Traced('book')
  @NoTrace()
  book(): void {}
}
@Traced()
@NoTrace()
class Agents extends Agent {}
void Agents;
// @ts-expect-error -- the option is named kind
Traced({ type: 'agent' });

TraceWebhook({ type: 'crm', contactId: (request) => String(request.headers['x-customer']) });
TraceWebhook<Lead>({ contactId: ({ id }) => id });
// @ts-expect-error -- a contact id is text
TraceWebhook({ contactId: () => 42 });
TraceWebhook({ reply: 'response' });
TraceWebhook({ reply: (body) => (body as { answer?: string }).answer });
// @ts-expect-error -- the reply is `response`, or a function
TraceWebhook({ reply: 'body' });
// @ts-expect-error -- a reply is text
TraceWebhook({ reply: () => 42 });

// `runInTrace` and `bindTrace` return their argument's type.
same<Promise<number>, ReturnType<typeof inTrace>>();
function inTrace() {
  return runInTrace({ contactId: 'ana', type: 'cron' }, async () => 1);
}
runInTrace(traceCarrier() ?? { contactId: 'ana' }, () => undefined);
// @ts-expect-error -- a carrier may be missing
runInTrace(traceCarrier(), () => undefined);
// @ts-expect-error -- the key is contactId
runInTrace({ contact: 'ana' }, () => undefined);
const bound = bindTrace((given: Lead) => given.id);
same<typeof bound, (given: Lead) => string>();

waitUntil(Promise.resolve());
// @ts-expect-error -- a promise, not a function that makes one
waitUntil(async () => undefined);

// Options: all are optional, unknown ones do not compile.
same<ReturnType<typeof TraceModule.forRoot>, DynamicModule>();
TraceModule.forRoot();
const options: TraceModuleOptions = {
  capture: { routes: ['/hooks', /^\/in\//, (request) => request.method === 'POST'], ignoreErrors: [TypeError, 'Skip'] },
  redact: { keys: ['ssn', /^x-/], content: 'full' },
  limits: { maxDepth: 4 },
  lifecycle: { expectReply: { withinMs: 5_000 } },
  storage: { dir: '.traces', durability: 'fsync' },
  retention: { maxAge: '7d', maxBytes: 1_000_000 },
  debug: { access: 'loopback', enabled: false },
  hints: [({ errors }) => errors.length > 3 && '🔥 Many errors'],
  eventTypes: { quote: { icon: '💶', line: (event) => String(event.data) } },
};
TraceModule.forRoot(options);
// @ts-expect-error -- no such option
TraceModule.forRoot({ captur: {} });
// @ts-expect-error -- no such durability
TraceModule.forRoot({ storage: { durability: 'sometimes' } });
TraceModule.forRootAsync({ inject: ['CONFIG'], useFactory: async (config: { dir: string }) => ({ storage: config }) });
// @ts-expect-error -- no such unit
TraceModule.forRoot({ retention: { maxAge: '7 days' } });
// @ts-expect-error -- a size is not a duration
TraceModule.forRoot({ retention: { maxBytes: '7d' } });
TraceModule.forRoot({ capture: { contactId: ['body.customer.phone', 'headers.x-contact'], message: 'body.text' } });
// @ts-expect-error -- a place begins with body, query, params or headers
TraceModule.forRoot({ capture: { contactId: 'customer.phone' } });
// @ts-expect-error -- the factory returns options
TraceModule.forRootAsync({ useFactory: () => ({ captur: {} }) });

const dialect: Dialect = {
  name: 'shop',
  match: ({ headers }) => 'x-shop' in headers,
  extract: () => [{ contactId: 'ana' }],
};
TraceModule.forRoot({ capture: { dialects: [dialect, 'generic'] } });
// @ts-expect-error -- a body is unknown until it is checked
void ({ ...dialect, match: ({ body }) => body.shop === true } satisfies Dialect);
const hint: HintRule = (trace) => (trace.status === 'error' ? [`❌ ${trace.errors[0]?.message}`] : undefined);
void hint;

// Answers.
same<Awaited<ReturnType<typeof service.trace>>, FullTraceResponse>();
same<Awaited<ReturnType<typeof service.traces>>, TracesResponse>();
same<FullTraceResponse['status'], TraceStatus>();
service.traces({ status: ['error', 'timeout'], since: '2h', limit: 5 });
// @ts-expect-error -- no such status
service.traces({ status: 'broken' });
same<TraceCollectorError['code'], ErrorCode>();

// The testing entry point.
TraceTestingModule.forRoot({ startAt: '2024-01-20T14:30:22Z', lifecycle: { quietMs: 5 } });
// @ts-expect-error -- storage of a test is `memory` or a directory
TraceTestingModule.forRoot({ storage: { durability: 'fsync' } });
same<ReturnType<typeof webhooks.telegram>['method'], 'POST'>();
declare const app: { get(token: symbol, options: { strict: false }): unknown };
tracesOf(app).waitFor({ contactId: 'ana', status: 'completed' });
// @ts-expect-error -- the key is contactId
tracesOf(app).waitFor({ contact: 'ana' });
