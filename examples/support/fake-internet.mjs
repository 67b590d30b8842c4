/**
 * Preloaded with `node --import`: every TLS connection of the process goes to the fake providers on this machine
 * (`FAKE_PROVIDERS_PORT`), without TLS. So the examples call the real addresses, as your application does, and need no
 * network and no account. Your application does not need this file.
 */
import net from 'node:net';
import tls from 'node:tls';

const port = Number(process.env.FAKE_PROVIDERS_PORT);

tls.connect = () => {
  const socket = net.connect(port, '127.0.0.1');
  socket.once('connect', () => socket.emit('secureConnect'));
  return socket;
};
