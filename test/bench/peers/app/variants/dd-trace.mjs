import { createRequire } from 'node:module';

/** dd-trace with its automatic instrumentations, a span per step with input and output as JSON tags; the sink is its agent. */
export async function setup({ sink, adapter }) {
  Object.assign(process.env, {
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    DD_TRACE_STARTUP_LOGS: 'false',
    DD_TRACE_AGENT_URL: sink,
    DD_SERVICE: 'bench',
  });
  const require = createRequire(import.meta.url);
  // Nest is imported as modules, which only this hook of the loader sees.
  await import('dd-trace/register.js');
  const tracer = require('dd-trace').init({ runtimeMetrics: false, profiling: false });
  // The span of the request ends before the response has finished, so the body is set by the hook of the plugin for the framework.
  const withBody = (span, request) => {
    if (span && request?.body) span.setTag('body', JSON.stringify(request.body));
  };
  tracer.use(adapter, { hooks: { request: withBody } });
  return {
    step(_owner, name, descriptor, kind) {
      const method = descriptor.value;
      descriptor.value = function traced(input) {
        return tracer.trace(name, { tags: { kind, input: JSON.stringify(input) } }, async (span) => {
          const output = await method.call(this, input);
          span.setTag('output', JSON.stringify(output));
          return output;
        });
      };
    },
  };
}
