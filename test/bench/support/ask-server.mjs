/** Resolves with the next message of a forked server that has `key`. Rejects when the server ends before. */
export function said(server, key) {
  return new Promise((resolve, reject) => {
    const listen = (message) => {
      if (!(key in message)) return;
      server.off('message', listen);
      resolve(message);
    };
    server.on('message', listen);
    server.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
}

/** Asks a forked server for a value and resolves with it. */
export function ask(server, key) {
  const answer = said(server, key);
  server.send({ ask: key });
  return answer.then((message) => message[key]);
}
