import { spawnSync } from 'node:child_process';
import { createSocket, Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer, get } from 'node:http';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import process from 'node:process';
import { spawn } from 'node:child_process';
import { openGates } from './gates.js';

let left: number;
let close: () => void;
const gate = { leave: () => (left += 1), dying: () => undefined };

beforeEach(() => {
  left = 0;
  close = openGates(gate as Parameters<typeof openGates>[0]);
});
afterEach(() => close());

const before = (work: () => void): number => {
  left = 0;
  work();
  return left;
};

it('the gate is called before a byte goes into a socket, also several at once', async () => {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  expect(before(() => socket.write('a'))).toBe(1);
  socket.cork();
  socket.write('b');
  socket.write('c');
  expect(before(() => socket.uncork())).toBe(1);
  socket.destroy();
  server.close();
});

it('the gate is called before the head of a response', async () => {
  const order: string[] = [];
  gate.leave = () => order.push('leave');
  const server = createHttpServer((_request, response) => {
    order.push('handler');
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [response] = await once(get({ port: (server.address() as AddressInfo).port, agent: false }), 'response');
  response.resume();
  await once(response, 'end');
  expect(order.indexOf('leave', order.indexOf('handler'))).toBeGreaterThan(0);
  server.close();
  gate.leave = () => (left += 1);
});

it('the gate is called before a datagram, a signal, the start of a program and its input', async () => {
  const socket = createSocket('udp4');
  expect(before(() => socket.send('x', 9, '127.0.0.1'))).toBe(1);
  expect(before(() => process.kill(process.pid, 0))).toBe(1);
  let child!: ReturnType<typeof spawn>;
  expect(before(() => (child = spawn('cat')))).toBe(1);
  expect(before(() => child.stdin!.end('x'))).toBe(1);
  await once(child, 'exit');
  socket.close();
});

it('is patched once for several writers, and as before without one', () => {
  const method = (): unknown => Object.getOwnPropertyDescriptor(Socket.prototype, '_write')?.value;
  const patched = method();
  const other = openGates({ leave: () => (left += 1), dying: () => undefined });
  expect(method()).toBe(patched);
  expect(before(() => process.kill(process.pid, 0))).toBe(2);
  close();
  expect(method()).toBe(patched);
  other();
  expect(method()).not.toBe(patched);
  expect(Object.getOwnPropertyNames(DatagramSocket.prototype)).toContain('send');
  expect(spawnSync('true').status).toBe(0);
  expect(left).toBe(2);
});
