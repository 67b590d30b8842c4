/** Both ends of every range of Nest that package.json names: the oldest release, and the current one. */
export const VERSIONS = ['11.0.0', '11', '12.0.0', '12'];

/** Releases whose own packages contradict each other: 12.0.0 names Nest 11 as its peer. npm then needs `legacyPeers`. */
export const OLDEST = new Set(['11.0.0', '12.0.0']);

/**
 * Packages of Nest without a release of that number, or one that requires another core; and the first release after it.
 */
const FIRST_RELEASES = {
  '11.0.0': { '@nestjs/platform-fastify': '11.0.3', '@nestjs/platform-ws': '11.0.5' },
  '12.0.0': {
    '@nestjs/microservices': '12.0.1',
    '@nestjs/platform-fastify': '12.0.1',
    '@nestjs/platform-ws': '12.0.1',
    '@nestjs/websockets': '12.0.1',
  },
};

/** Packages of Nest with versions of their own, by the major version of Nest. */
const COMPANIONS = {
  11: {
    '@nestjs/bullmq': '^11.0.0',
    '@nestjs/event-emitter': '^3.0.0',
    '@nestjs/schedule': '^6.0.0',
    '@nestjs/throttler': '^6.0.0',
  },
  12: {
    '@nestjs/bullmq': '^12.0.0',
    '@nestjs/event-emitter': '^12.0.0',
    '@nestjs/schedule': '^12.0.0',
    '@nestjs/throttler': '^6.0.0',
  },
};

const BESIDE = {
  '@fastify/compress': '^9.0.0',
  '@fastify/helmet': '^13.0.0',
  '@types/compression': '^1.8.0',
  '@types/node': '^20.19.0',
  '@types/ws': '^8.5.0',
  // A peer of ours, which npm does not add with `legacyPeers`.
  'class-validator': '^0.15.1',
  bullmq: '^5.0.0',
  compression: '^1.8.0',
  helmet: '^8.0.0',
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.2',
  ws: '^8.18.0',
};

/** `nest('11.0.0', 'core', 'common')`: dependencies on exactly that version; of `11`, on its newest. */
export function nest(version, ...packages) {
  const range = /^\d+$/.test(version) ? `^${version}.0.0` : version;
  const names = packages.map((name) => `@nestjs/${name}`);
  return Object.fromEntries(names.map((name) => [name, FIRST_RELEASES[version]?.[name] ?? range]));
}

/** Everything that the applications of `app/` import. */
export function dependenciesOf(version) {
  const adapters = ['platform-express', 'platform-fastify', 'platform-ws'];
  const own = nest(version, 'common', 'core', 'microservices', 'websockets', ...adapters);
  return { ...BESIDE, ...COMPANIONS[Number.parseInt(version, 10)], ...own };
}
