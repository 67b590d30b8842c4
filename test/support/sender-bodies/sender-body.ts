import type { NoticeFields } from '../../../libs/trace/src/model/record.js';

/** A webhook as its sender documents it, shortened, and the values that must be read from it. */
export interface SenderBody {
  name: string;
  /** The dialect that reads it. */
  by: string;
  body: unknown;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  want: Wanted[];
}

export interface Wanted {
  contact?: string;
  text?: string;
  kind?: string;
  way?: 'inbound' | 'outbound';
  id?: string;
  type?: string;
  edited?: true;
  notices?: NoticeFields[];
}

/** Ids of our own side in the bodies: none may ever be a contact. */
export const OURS = {
  number: '15550001111',
  plus: '+15550001111',
  jid: '15550001111@s.whatsapp.net',
  page: 'our-page',
  staff: 'our-staff',
  bot: 'our-bot',
  mail: 'desk@ours.example',
} as const;

/** Placeholder people. */
export const ANA = '5215512345678';
export const BEA = '34600000002';

export const row = (name: string, by: string, body: unknown, ...want: Wanted[]): SenderBody => ({
  name,
  by,
  body,
  want,
});

export const withHeaders = (headers: Record<string, string>, { name, ...one }: SenderBody): SenderBody => ({
  ...one,
  name,
  headers,
});
