import { PostgresServer } from '../../../../test/support/postgres.mjs';
import { openShared } from '../../../../test/support/shared-contract.js';
import { postgres } from '../store/shared-target.js';
import { storeContract } from '../testing/store-contract/store-contract.js';

const { missing } = PostgresServer;

(missing ? describe.skip : describe)(`the contract, in PostgreSQL${missing ? `: ${missing}` : ''}`, () => {
  let server: PostgresServer;
  let n = 0;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.close());

  // A schema per case: each case wants an empty store.
  const open = () => openShared(postgres({ url: server.url, schema: `case_${(n += 1)}` }));
  for (const { name, run } of storeContract(open)) test(name, run);
});
