import { ask } from '../api/client.js';
import { oneLine } from '../format/visible.js';
import { contactHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';

/** Links to the contacts of the newest traces. */
export function NewestContacts() {
  const { value } = useLoad('newest contacts', (abort) => ask('contacts', { limit: 5 }, abort));
  return (
    <ul aria-label="Newest contacts">
      {value?.contacts.map(({ contact_id }) => (
        <li key={contact_id}>
          <a href={contactHref(contact_id)}>{oneLine(contact_id, 40)}</a>
        </li>
      ))}
    </ul>
  );
}
