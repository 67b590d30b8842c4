import { ClickHouseServer } from '../../../../test/support/clickhouse.mjs';
import { openShared, type SharedSubject } from '../../../../test/support/shared-contract.js';
import { clearInterval, setInterval } from '../model/timers.js';
import { clickhouse } from '../store/shared-target.js';
import { storeContract } from '../testing/store-contract/store-contract.js';

const { missing } = ClickHouseServer;

(missing ? describe.skip : describe)(`the contract, in ClickHouse${missing ? `: ${missing}` : ''}`, () => {
  let server: ClickHouseServer;
  let n = 0;

  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server?.close());

  // A database per case: each case wants an empty store.
  const open = () => acknowledging(openShared(clickhouse({ url: server.url, database: `case_${(n += 1)}` })));
  for (const { name, run } of storeContract(open)) test(name, run);
});

/** Erases nothing and says that it did, as the worker of an application with an empty directory does. */
function acknowledging(subject: SharedSubject): SharedSubject {
  const { consumer, shipTarget } = subject;
  const timer = setInterval(async () => {
    for (const source of consumer.shipped) {
      const ids = (await shipTarget.erasures(source).catch(() => [])).map(({ id }) => id);
      await shipTarget.acknowledge(source, ids).catch(() => undefined);
    }
  }, 50);
  const close = subject.close.bind(subject);
  return new Proxy(subject, {
    get: (store, name) =>
      name === 'close'
        ? async () => {
            clearInterval(timer);
            await close();
          }
        : (Reflect.get(store, name) as unknown),
  });
}
