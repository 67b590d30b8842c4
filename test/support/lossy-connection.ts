import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a database that a test disturbs. */
export interface LossyWay {
  url: string;
  /** From now on nothing arrives, in both directions, without a word. */
  freeze(): void;
  close(): Promise<void>;
}

/** @param untilCommit all connections break when the answer to the first `COMMIT` comes, which does not arrive */
export async function lossyWay(url: string, { untilCommit = false } = {}): Promise<LossyWay> {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((client) => {
    const database = connect(Number(to.port), to.hostname);
    let committing = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (data) => {
      committing ||= untilCommit && data.includes('COMMIT\0');
      if (!frozen) database.write(data);
    });
    database.on('data', (data) => {
      if (committing) for (const socket of sockets) socket.destroy();
      else if (!frozen) client.write(data);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const way = new URL(url);
  way.port = String((server.address() as AddressInfo).port);
  return {
    url: way.href,
    freeze: () => (frozen = true),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
