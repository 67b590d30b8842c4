import { IsArray } from 'class-validator';
import { parseStatuses, STATUS_FILTER_HELP } from '../../model/status.js';
import type { Convert } from './query-reader.js';

/** `failed`, `error`, `error,timeout` to a list of statuses. */
export const asStatuses: Convert = (text) => parseStatuses(text) ?? text;

/** Refuses text that names no status: `asStatuses` returned it unchanged. */
export function IsStatuses(): PropertyDecorator {
  return IsArray({ message: STATUS_FILTER_HELP });
}
