import { Logger } from '@nestjs/common';
import { readPort, startExample } from './start-example.js';

try {
  const { url } = await startExample(readPort(process.env.PORT));
  new Logger('Example').log(`Send webhooks to ${url}/webhook`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
