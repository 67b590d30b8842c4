import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { observe, startActiveObservation } from '@langfuse/tracing';

const TYPES = { agent: 'agent', tool: 'tool', llm: 'generation', retriever: 'retriever' };

/** Langfuse's SDK with its own processor; `observe()` on each step, which records input and output by itself. */
export function setup({ sink }) {
  const processor = new LangfuseSpanProcessor({ publicKey: 'pk-lf-bench', secretKey: 'sk-lf-bench', baseUrl: sink });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  return {
    middleware(request, response, next) {
      void startActiveObservation('webhook', async (span) => {
        const finished = new Promise((resolve) => void response.once('finish', resolve));
        next();
        await finished;
        span.update({ input: request.body, output: { status: response.statusCode } });
      });
    },
    step(_owner, name, descriptor, kind) {
      descriptor.value = observe(descriptor.value, { name, asType: TYPES[kind] });
    },
    flush: () => processor.forceFlush(),
  };
}
