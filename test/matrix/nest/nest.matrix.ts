import { httpSuite } from './http.suite.js';
import { messagesSuite } from './messages.suite.js';
import { queueSuite } from './queue.suite.js';
import { consumer } from './support/consumer.js';

httpSuite(consumer);
messagesSuite(consumer);
queueSuite(consumer);
