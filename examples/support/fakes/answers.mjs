/** A whole answer in JSON. */
export function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** An answer in Server-Sent Events. An event with `event` gets that name. */
export function sendEvents(response, events, headers = {}) {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  for (const { event, data } of events) {
    if (event) response.write(`event: ${event}\n`);
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}
