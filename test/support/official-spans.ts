import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import type { Tracer } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BasicTracerProvider, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Spans of OpenTelemetry's own SDK, in the bytes that its exporters send. */
export class OfficialSpans {
  private readonly ended: ReadableSpan[] = [];
  private readonly provider = new BasicTracerProvider({
    spanProcessors: [
      new SimpleSpanProcessor({
        export: (spans, done) => {
          this.ended.push(...spans);
          done({ code: 0 });
        },
        shutdown: async () => undefined,
      }),
    ],
  });

  readonly tracer: Tracer = this.provider.getTracer('agents');

  /** The body of the request with all spans that ended since the last one. */
  body(): Uint8Array {
    return ProtobufTraceSerializer.serializeRequest(this.ended.splice(0))!;
  }
}

/** Sends a body to `<endpoint>/v1/traces`, as an exporter with `OTEL_EXPORTER_OTLP_ENDPOINT` does. */
export function exportTo(endpoint: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${endpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: body as unknown as string,
  });
}

/** Kills a process as `kill -9` does, and waits for its end. */
export async function killNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
