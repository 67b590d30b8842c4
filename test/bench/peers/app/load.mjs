import { Agent, request } from 'node:http';

/** A request without a response for this long fails its variant, instead of holding the run up. */
const RESPONSE_MS = 30_000;

/** Sends requests to a route of a variant: `traced` is the webhook, `plain` the route that nothing traces. */
export class Load {
  constructor(port, route = 'traced') {
    this.port = port;
    this.route = route;
    this.agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: RESPONSE_MS });
    this.sent = 0;
  }

  /** A fixed rate, independent of the responses: cost of a request without a queue. */
  async paced(count, perSecond) {
    const began = performance.now();
    const all = [];
    for (let i = 0; i < count; i += 1) {
      const due = began + (i * 1000) / perSecond - performance.now();
      if (due > 1) await new Promise((resolve) => void setTimeout(resolve, due));
      all.push(this.send());
    }
    await Promise.all(all);
  }

  /** Sends the next request as soon as one is answered, with a fixed number in flight: requests per second. */
  async flood(count, concurrency) {
    let left = count;
    const began = performance.now();
    const lane = async () => {
      while ((left -= 1) >= 0) await this.send();
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    return (count * 1000) / (performance.now() - began);
  }

  /** The number of the request, when the whole response has arrived. */
  send() {
    const n = (this.sent += 1);
    const body =
      this.route === 'plain'
        ? ''
        : JSON.stringify({ contactId: `contact-${n % 50}`, body: 'Quiero agendar una cita', n, mark: `mk${n}-body` });
    const headers = body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {};
    const target = this.route === 'plain' ? { path: '/plain', method: 'GET' } : { path: '/webhook', method: 'POST' };
    return new Promise((resolve, reject) => {
      const sending = request(
        { host: '127.0.0.1', port: this.port, ...target, agent: this.agent, headers },
        (response) => {
          response.resume();
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode === 200 && response.complete) resolve(n);
            else reject(new Error(`${target.path} answered ${response.statusCode}`));
          });
        },
      );
      sending.on('timeout', () => sending.destroy(new Error(`no response for ${RESPONSE_MS / 1000} s`)));
      sending.on('error', (error) => {
        // The server closed a long idle connection while we were sending: no fault.
        if (sending.reusedSocket && error.code === 'ECONNRESET') resolve(this.send());
        else reject(error);
      });
      sending.end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}
