import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a database that breaks all its connections when the answer to the first `COMMIT` comes, which it keeps. */
export async function forwardUntilCommit(url: string): Promise<{ url: string; close(): Promise<void> }> {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(Number(to.port), to.hostname);
    let committing = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (data) => {
      committing ||= data.includes('COMMIT\0');
      database.write(data);
    });
    database.on('data', (data) => {
      if (committing) for (const socket of sockets) socket.destroy();
      else client.write(data);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const way = new URL(url);
  way.port = String((server.address() as AddressInfo).port);
  return {
    url: way.href,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
