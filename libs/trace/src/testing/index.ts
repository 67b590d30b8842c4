/**
 * A testing module, matchers, webhooks of the senders, and suites for stores and decorators of your own.
 *
 * @module nestjs-trace-collector/testing
 */
export { TraceTestingModule, tracesOf, type TraceTestingOptions } from './trace-testing.module.js';
export type { AwaitedTrace } from './no-such-trace.js';
export { TestTraces } from './test-traces.js';
export { TestClock } from './test-clock.js';
export type { TestStorage } from './test-store.js';

export { traceMatchers, type MatcherResult, type ToolCallExpectation } from './trace-matchers.js';
export type { TraceMatchers } from './matcher-types.js';

export { webhooks } from './webhooks/webhooks.js';
export type { BuiltWebhook, WebhookParts } from './webhooks/webhook-request.js';
export type { ChatwootParts } from './webhooks/desks-and-mail.js';
export type { LineParts, MetaParts, WhatsappWebParts } from './webhooks/more-messengers.js';
export type { SlackParts, TelegramParts, TwilioParts, WhatsappParts } from './webhooks/messengers.js';
export type {
  CloudeventsParts,
  GithubParts,
  GohighlevelParts,
  GohighlevelShape,
  StripeParts,
} from './webhooks/platforms.js';

export { MemoryStore } from '../store/memory/memory-store.js';
export { storeContract, type ContractCase, type ContractStore } from './store-contract/store-contract.js';

export { decoratorConformance } from './conformance/decorator-conformance.js';
export type { ConformanceTest, DecoratorAdapter } from './conformance/classes/decorator-adapter.js';
export type { ConformanceSpan } from './conformance/functions/span-probe.js';
