import { httpSuite } from './http.suite.js';
import { messagesSuite } from './messages.suite.js';
import { queueSuite } from './queue.suite.js';
import { createConsumer, type Consumer } from './support/consumer.js';

describe('Nest 12', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await createConsumer(12);
  }, 180_000);
  afterAll(() => consumer?.remove());

  httpSuite(() => consumer);
  messagesSuite(() => consumer);
  queueSuite(() => consumer);
});
