import { createSerializer } from '../../../serialize/serializer.js';
import { BUILT_IN_DIALECTS } from '../../dialects/built-in.js';
import { RecordFields } from '../record-fields.js';
import { identifiedFields } from './identify-record.js';
import { identify } from '../../dialects/identify.js';

const fields = (body: unknown) => {
  const found = identify({ method: 'POST', path: '/', headers: {}, body }, BUILT_IN_DIALECTS);
  const kept = identifiedFields(found, found.messages[0], new RecordFields(createSerializer()));
  return JSON.parse(JSON.stringify(kept)) as object;
};
const failed = (recipient_id: string, title: string, id = 'wamid.9') => ({
  id,
  status: 'failed',
  recipient_id,
  errors: [{ code: 131047, title }],
});
const whatsapp = (value: object) => ({ object: 'whatsapp_business_account', entry: [{ changes: [{ value }] }] });

describe('identifiedFields', () => {
  it('has the dialect, and the kind of the message', () => {
    expect(fields({ update_id: 1, edited_message: { message_id: 1, from: { id: 2 }, voice: {} } })).toEqual({
      dialect: 'telegram',
      media: 'voice',
      edited: true,
    });
    expect(fields({ contact_id: '{{contact.id}}', text: 'x' })).toEqual({
      dialect: 'generic',
      media: 'text',
      placeholders: ['contact_id'],
    });
  });

  it('has the failures of all messages of a POST, twenty at most', () => {
    const statuses = Array.from({ length: 30 }, (_, i) => failed(`3460000${i}`, 'Re-engagement message', `w${i}`));
    expect(fields(whatsapp({ statuses: statuses.slice(0, 1) }))).toEqual({
      dialect: 'whatsapp-cloud',
      notices: [
        { status: 'failed', code: '131047', reason: 'Re-engagement message', message_id: 'w0', contact: '34600000' },
      ],
    });
    expect(fields(whatsapp({ statuses }))).toMatchObject({ notices: { length: 20 } });
  });

  it('hides secrets', () => {
    const key = `sk-${'a1B2'.repeat(10)}`;
    const text = JSON.stringify(fields(whatsapp({ statuses: [failed('34', `key ${key} is bad`, key)] })));
    expect(text).toContain('131047');
    expect(text).not.toContain(key);
  });
});
