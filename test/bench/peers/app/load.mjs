import { Agent, request } from 'node:http';

/** Sends webhooks, and measures the duration of each. */
export class Load {
  constructor(port) {
    this.port = port;
    this.agent = new Agent({ keepAlive: true, maxSockets: 64 });
    this.sent = 0;
  }

  /** A fixed rate, independent of the responses: cost and duration of a request without a queue. */
  async paced(count, perSecond) {
    const latencies = [];
    const began = performance.now();
    const all = [];
    for (let i = 0; i < count; i += 1) {
      const due = began + (i * 1000) / perSecond - performance.now();
      if (due > 1) await new Promise((resolve) => void setTimeout(resolve, due));
      all.push(this.send().then((ms) => latencies.push(ms)));
    }
    await Promise.all(all);
    return latencies;
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

  send() {
    const n = (this.sent += 1);
    const body = JSON.stringify({ contactId: `contact-${n % 50}`, body: 'Quiero agendar una cita', n });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const sending = request(
        { host: '127.0.0.1', port: this.port, path: '/webhook', method: 'POST', agent: this.agent, headers },
        (response) => {
          response.resume();
          response.on('end', () => {
            if (response.statusCode === 200) resolve(performance.now() - began);
            else reject(new Error(`the webhook answered ${response.statusCode}`));
          });
        },
      );
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
