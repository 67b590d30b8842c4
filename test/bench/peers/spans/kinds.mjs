/** What spans of http, model and database calls begin and end with, as OpenTelemetry's instrumentations make them. */
import { SpanKind } from '@opentelemetry/api';

const SYSTEM = 'You book appointments. Offer three slots at most. '.repeat(20);

export const KINDS = {
  http: (n) => ({
    name: 'GET',
    kind: SpanKind.CLIENT,
    start: {
      'http.request.method': 'GET',
      'http.request.method_original': 'GET',
      'url.full': `https://crm.example/contacts/${n}?full=true`,
      'url.path': `/contacts/${n}`,
      'url.query': '?full=true',
      'url.scheme': 'https',
      'server.address': 'crm.example',
      'server.port': 443,
      'user_agent.original': 'node',
    },
    end: {
      'network.peer.address': '203.0.113.7',
      'network.peer.port': 443,
      'http.response.status_code': 200,
      'http.response.header.content-length': 1812,
    },
  }),
  llm: (n) => ({
    name: 'chat gpt-5-mini',
    kind: SpanKind.CLIENT,
    start: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.request.temperature': 0.2,
      'server.address': 'api.openai.com',
      'server.port': 443,
    },
    end: {
      'gen_ai.response.model': 'gpt-5-mini-2026',
      'gen_ai.response.id': `chatcmpl-${n}`,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 812,
      'gen_ai.usage.output_tokens': 64,
      'gen_ai.input.messages': JSON.stringify([
        { role: 'system', parts: [{ type: 'text', content: SYSTEM }] },
        { role: 'user', parts: [{ type: 'text', content: `Quiero agendar una cita para el lunes ${n} por la tarde` }] },
      ]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', parts: [{ type: 'text', content: `¿A las 5? Tengo hueco ${n}.` }], finish_reason: 'stop' },
      ]),
    },
  }),
  db: (n) => ({
    name: 'SELECT contacts',
    kind: SpanKind.CLIENT,
    start: {
      'db.system.name': 'postgresql',
      'db.namespace': 'crm',
      'db.query.text':
        'SELECT id, name, phone, stage FROM contacts WHERE account_id = $1 AND updated_at > $2 ORDER BY id LIMIT 50',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'contacts',
      'server.address': 'db.internal',
      'server.port': 5432,
    },
    end: { 'db.response.returned_rows': n % 50 },
  }),
};
