/** A model's API that answers at once, and the receiver of OpenTelemetry's spans. Tells its address to the parent. */
import { createServer } from 'node:http';

const TEXT = '¡Perfecto! Tengo estos horarios para usted: martes 10:00, miércoles 16:30, jueves 9:15. '.repeat(8);
const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 412, completion_tokens: 96, total_tokens: 508 },
});

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const isSpans = request.url.startsWith('/v1/traces');
    response.writeHead(200, {
      'content-type': isSpans ? 'application/x-protobuf' : 'application/json',
      'x-request-id': 'req_1',
      'x-ratelimit-remaining-requests': '99',
      'openai-processing-ms': '12',
    });
    response.end(isSpans ? '' : ANSWER);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`));
process.once('disconnect', () => process.exit());
