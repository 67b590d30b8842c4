import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A separate program builds the dashboard's script, so its bundled packages are named here. */
const IN_THE_DASHBOARD = ['preact'];

/** The MCP package has these in its own files. Fastify, which the tests use, installs them. */
const IN_THE_MCP_PACKAGE = [
  'ajv',
  'ajv-formats',
  'content-type',
  'fast-deep-equal',
  'fast-uri',
  'json-schema-traverse',
];

/** Its files are packed into one string, which no bundler reports. */
const IN_THE_WASM_FILE = ['node-sqlite3-wasm'];

/** The build takes the prices out of it. */
const IN_THE_PRICE_LIST = ['@pydantic/genai-prices'];

const TITLE = 'This package contains code of the packages below, under their licenses.\n';

/** The package folders that files of a bundle come from. */
export function packagesOf(moduleIds) {
  const folders = moduleIds.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]);
  return new Set(folders.filter((folder) => folder !== undefined));
}

/** Writes the license of each bundled package. Throws where one has no license file: such a package cannot be published. */
export function writeLicenses(root, folders) {
  const all = [
    ...folders,
    ...[...IN_THE_DASHBOARD, ...IN_THE_MCP_PACKAGE, ...IN_THE_WASM_FILE, ...IN_THE_PRICE_LIST].map((name) =>
      join(root, 'node_modules', name),
    ),
  ];
  const entries = new Map(all.map((folder) => read(folder)));
  const text = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, license]) => `${name}\n\n${license}`);
  writeFileSync(join(root, 'dist/THIRD_PARTY_LICENSES'), [TITLE, ...text].join(`\n${'-'.repeat(80)}\n\n`));
}

function read(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no license file in ${folder}. Do not bundle it.`);
  return [`${name}@${version}`, readFileSync(join(folder, file), 'utf8').trim() + '\n'];
}
