export const name = 'values';
export const seconds = 40;

/** Values of libraries are recorded by their meaning: the libraries themselves, where the unit test has imitations. */
const LIBRARIES = {
  'bson-4': 'npm:bson@4',
  'bson-5': 'npm:bson@5',
  'bson-6': 'npm:bson@6',
  'bson-7': 'npm:bson@7',
  'decimal.js': '^10.6.0',
  'decimal.js-light': '^2.5.1',
  'big.js': '^7.0.1',
  'bignumber.js': '^9.3.1',
  luxon: '^3.7.2',
  dayjs: '^1.11.19',
  moment: '^2.30.1',
  '@js-joda/core': '^5.6.5',
  mongoose: '^8.19.0',
  'mongoose-9': 'npm:mongoose@9',
};

/** Runs in the installed project: prints, for each group, the values that were not recorded as expected. */
const PROGRAM = String.raw`
import 'reflect-metadata';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runInTrace, traceEvent, TraceModule } from 'nestjs-trace-collector';

const require = createRequire(import.meta.url);
const ID = '65f0c0ffee0000000000abcd';
const NUMBERS = ['19.99', '-1234567.00089', '0', '1e-7', '1e-6', '1e21', '1e20', '0.1', '100', '5e-324', '1.00000000000005'];
const groups = {};
const add = (group, value, expected) => (groups[group] ??= []).push({ value, expected });

for (const version of [4, 5, 6, 7]) {
  const bson = require('bson-' + version);
  const to = (value, expected) => add('bson ' + version, value, expected);
  to(new bson.ObjectId(ID), ID);
  for (const text of ['19.99', '0', '-0', '1E+3', '1.5E-9', 'NaN', '-Infinity', '1E-6176', '-5']) {
    to(bson.Decimal128.fromString(text), bson.Decimal128.fromString(text).toString());
  }
  to(bson.Long.fromString('9223372036854775807'), '9223372036854775807');
  to(bson.Long.fromNumber(-5), -5);
  to(new bson.Int32(7), 7);
  to(new bson.Double(1.5), 1.5);
  to(new bson.UUID('3f2504e0-4f89-41d3-9a0c-0305e82c3301'), '3f2504e0-4f89-41d3-9a0c-0305e82c3301');
  to(new bson.Timestamp({ t: 1, i: 2 }), { t: 1, i: 2 });
  to(new bson.BSONRegExp('a', 'i'), '/a/i');
  to(new bson.DBRef('c', new bson.ObjectId(ID)), { $ref: 'c', $id: ID });
  to(new bson.MaxKey(), '[MaxKey]');
}
for (const library of ['decimal.js', 'decimal.js-light', 'big.js', 'bignumber.js']) {
  const Decimal = require(library);
  for (const text of NUMBERS) add(library, new Decimal(text), new Decimal(text).toString());
}
const { DateTime, Duration, Interval } = require('luxon');
for (const value of [
  DateTime.fromISO('2026-01-02T03:04:05.678+02:00', { setZone: true }),
  DateTime.fromISO('2026-07-02T03:04:05.678', { zone: 'America/Mexico_City' }),
  Duration.fromObject({ years: 1, quarters: 2, days: 3, seconds: 4.5 }),
  Interval.fromISO('2026-01-01T00:00Z/2026-01-02T00:00Z', { setZone: true }),
]) add('luxon', value, value.toISO());
const dayjs = require('dayjs');
for (const plugin of ['duration', 'utc', 'timezone']) dayjs.extend(require('dayjs/plugin/' + plugin));
for (const value of [dayjs(0), dayjs.utc(0), dayjs(0).utcOffset(120), dayjs.tz('2026-01-02T03:04:05', 'Asia/Tokyo')]) {
  add('dayjs', value, new Date(value.valueOf()).toISOString());
}
add('dayjs', dayjs.duration({ hours: 1, minutes: 90 }), 'PT1H90M');
const moment = require('moment');
for (const value of [moment(0), moment.utc(0), moment(0).utcOffset(120), moment.duration({ months: 14, minutes: 90 })]) {
  add('moment', value, value.toISOString());
}
const joda = require('@js-joda/core');
for (const value of [
  joda.LocalDate.parse('2026-01-02'),
  joda.Instant.parse('2026-01-02T00:00:00.5Z'),
  joda.ZonedDateTime.parse('2026-01-02T03:04:05+01:00'),
]) add('js-joda', value, value.toString());
for (const library of ['mongoose', 'mongoose-9']) {
  const { model, Schema } = require(library);
  const Author = model('Author', new Schema({ name: String }, { _id: false }));
  const item = new Schema({ sku: String, sizes: [Number] }, { _id: false });
  const Lead = model('Lead', new Schema({
    name: String, tags: [String], grid: [[Number]], address: { zips: [Number] }, items: [item], main: item,
    author: { type: Schema.Types.Mixed }, price: Schema.Types.Decimal128, at: Date,
  }));
  const data = {
    name: 'n', tags: ['a', 'b'], grid: [[1, 2], [3]], address: { zips: [1] }, items: [{ sku: 's', sizes: [4] }],
    main: { sku: 'm', sizes: [] }, price: '19.99', at: '2026-01-02T03:04:05.000Z', _id: ID,
  };
  const lead = new Lead(data);
  lead._doc.author = new Author({ name: 'Ana' });
  add(library, lead, { ...data, author: { name: 'Ana' } });
}
if (globalThis.Temporal !== undefined) {
  const { Temporal } = globalThis;
  for (const value of [
    Temporal.PlainDate.from('2026-01-02'),
    Temporal.Instant.from('2026-01-02T00:00Z'),
    Temporal.ZonedDateTime.from('2026-01-02T03:04:05+01:00[Europe/Berlin]'),
    Temporal.Duration.from({ hours: 1 }),
  ]) add('Temporal', value, value.toString());
}

const dir = mkdtempSync(join(process.cwd(), 'traces-'));
class AppModule {}
Module({ imports: [TraceModule.forRoot({ storage: { dir } })] })(AppModule);
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
runInTrace({ contactId: 'values' }, () => {
  for (const [group, values] of Object.entries(groups)) traceEvent('values', { group, values: values.map(({ value }) => value) });
});
await app.close();
const lines = readdirSync(join(dir, 'journal')).flatMap((file) => readFileSync(join(dir, 'journal', file), 'utf8').split('\n'));
const events = lines.filter((line) => line.includes('"values"')).map((line) => JSON.parse(line.slice(line.indexOf('{'))));
const sorted = (value) => JSON.stringify(value, (_, part) =>
  part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part);
const result = {};
for (const [group, values] of Object.entries(groups)) {
  const seen = events.map((event) => event.data).find((data) => data?.group === group)?.values ?? [];
  result[group] = values.flatMap(({ expected }, i) => sorted(seen[i]) === sorted(expected) ? [] : [{ seen: seen[i], expected }]);
}
console.log(JSON.stringify(result));
`;

export async function run({ install, exec, cell }) {
  const directory = await install('values', {
    dependencies: {
      '@nestjs/common': '^12.0.0',
      '@nestjs/core': '^12.0.0',
      'class-validator': '^0.14.0',
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
      ...LIBRARIES,
    },
  });
  const { stdout, stderr } = await exec(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: directory,
    timeoutSeconds: 60,
  });
  if (!stdout.startsWith('{')) throw new Error(stderr || stdout);
  for (const [group, wrong] of Object.entries(JSON.parse(stdout))) {
    await cell(`${group}: each value is recorded by its meaning`, async () => {
      if (wrong.length > 0) throw new Error(JSON.stringify(wrong));
    });
  }
}
