import { ClickHouseServer } from '../../../../test/support/clickhouse.mjs';
import { openShared } from '../../../../test/support/shared-contract.js';
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
  const open = () => openShared(clickhouse({ url: server.url, database: `case_${(n += 1)}` }));
  for (const { name, run } of storeContract(open)) test(name, run);
});
