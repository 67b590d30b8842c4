import type { SharedTarget } from '../../../libs/trace/src/store/shared-target.js';
import { shownTarget } from '../../../libs/trace/src/store/shared-target.js';
import { findDriver } from '../../../libs/trace/src/targets/drivers.js';
import { openSchema } from '../../../libs/trace/src/targets/schemas.js';
import { openSharedReader } from '../../../libs/trace/src/targets/shared-readers.js';
import { bytes } from '../../../libs/trace/src/views/text/bytes.js';
import { countOf } from '../../../libs/trace/src/views/text/durations.js';
import type { Setting } from '../config/settings.js';
import type { Finding } from '../doctor/checks.js';
import { readingTarget } from './store-setting.js';

export interface StoreDiagnosis {
  configured: Finding;
  checks: Record<string, Finding>;
}

/** Driver, server, tables and instances of a shared store. Never throws: a failure is a finding. */
export async function checkStore(setting: Setting<string>): Promise<StoreDiagnosis> {
  let target: SharedTarget;
  try {
    target = readingTarget(setting);
  } catch (error) {
    const problem = { value: (error as Error).message, ok: false };
    return {
      configured: { value: 'no URL of a shared store', from: setting.name },
      checks: { 'shared store': problem },
    };
  }
  const configured = { value: shownTarget(target), from: setting.name };
  const driver = checkDriver(target);
  if (driver.ok === false) return { configured, checks: { driver } };
  const [store, instances] = await Promise.all([checkTables(target), checkInstances(target)]);
  return { configured, checks: { driver, 'shared store': store, ...(store.ok && { instances }) } };
}

const PACKAGES = { postgres: 'pg', clickhouse: '@clickhouse/client' } as const;

function checkDriver(target: SharedTarget): Finding {
  const name = PACKAGES[target.kind];
  const place = findDriver(target);
  if (place) return { value: `${name}, ${place.main}`, ok: true };
  return { value: `${name} is not installed. Run \`npm install ${name}\``, ok: false };
}

async function checkTables(target: SharedTarget): Promise<Finding> {
  const tools = openSchema(target);
  try {
    const { server, name, version, refused, ...found } = await tools.status();
    if (refused !== undefined) return { value: `${server}. ${refused}`, ok: false };
    return { value: `${server}, schema ${name}, tables of version ${version}, ${bytes(found.bytes)}`, ok: true };
  } catch (error) {
    return { value: (error as Error).message, ok: false };
  } finally {
    await tools.close();
  }
}

/** What the processes have not shipped yet, at their last sign of life. */
async function checkInstances(target: SharedTarget): Promise<Finding> {
  const reader = openSharedReader(target);
  try {
    const all = (await reader.instances?.()) ?? [];
    const live = all.filter(({ state }) => state === 'live');
    const silent = all.filter(({ state }) => state === 'silent');
    const lag = live.reduce((sum, { lagBytes }) => sum + lagBytes, 0);
    const lost = all.reduce((sum, { lostBytes }) => sum + lostBytes, 0);
    const parts = [`${countOf(live.length, 'live instance')}, ${bytes(lag)} to ship`];
    if (silent.length > 0) parts.push(`${silent.length} silent: ${silent.map(({ instance }) => instance).join(', ')}`);
    if (lost > 0) parts.push(`${bytes(lost)} lost, because a spool was full`);
    // A process that died with everything shipped is history.
    return { value: parts.join('; '), ok: silent.every(({ lagBytes }) => lagBytes === 0) && lost === 0 };
  } catch (error) {
    return { value: (error as Error).message, ok: false };
  } finally {
    await reader.close();
  }
}
