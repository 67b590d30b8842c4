import { useEffect, useRef, useState } from 'preact/hooks';
import { oneLine } from '../format/visible.js';
import { renamed, viewHash, withView } from '../model/saved-views.js';
import { changeViews, loadViews, savedViews } from '../state/saved-views.js';
import { say } from '../state/toast.js';
import { Icon } from './icon.js';

/** The saved views of this browser: open, save, rename, delete. The URL of a view is the view: send it to share one. */
export function ViewsMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const [name, setName] = useState('');
  const close = () => menu.current?.removeAttribute('open');
  useEffect(() => {
    const outside = ({ target }: PointerEvent) => {
      if (!menu.current?.contains(target as Node)) close();
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, []);
  return (
    <details
      ref={menu}
      class="menu"
      onToggle={({ currentTarget }) => currentTarget.open && loadViews()}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !menu.current?.open) return;
        event.stopPropagation();
        close();
        menu.current.querySelector('summary')?.focus();
      }}
    >
      <summary class="button">
        <Icon name="filter" />
        Views
      </summary>
      <div class="menu-panel">
        <ul aria-label="Saved views">
          {savedViews.value.map((view) => (
            <View key={view.name} {...view} onOpen={close} />
          ))}
        </ul>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === '') return;
            changeViews((views) => withView(views, { name, hash: viewHash(location.hash) }));
            setName('');
            close();
            say('Saved in this browser. Copy the URL to share the view');
          }}
        >
          <input
            aria-label="Name of this view"
            placeholder="Name of this view"
            maxLength={60}
            value={name}
            onInput={({ currentTarget: { value } }) => setName(value)}
          />
          <button type="submit">Save</button>
        </form>
      </div>
    </details>
  );
}

function View({ name, hash, onOpen }: { name: string; hash: string; onOpen: () => void }) {
  const [isEdited, setEdited] = useState(false);
  const shown = oneLine(name, 60);
  if (isEdited) {
    const rename = (to: string) => {
      setEdited(false);
      changeViews((views) => renamed(views, name, to));
    };
    return (
      <li>
        <input
          ref={(input) => input?.focus()}
          aria-label={`New name of ${shown}`}
          maxLength={60}
          defaultValue={name}
          onBlur={({ currentTarget: { value } }) => rename(value)}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      </li>
    );
  }
  return (
    <li>
      <a href={hash} onClick={onOpen}>
        <bdi>{shown}</bdi>
      </a>
      <button type="button" class="quiet" aria-label={`Rename ${shown}`} onClick={() => setEdited(true)}>
        <Icon name="edit" />
      </button>
      <button
        type="button"
        class="quiet"
        aria-label={`Delete ${shown}`}
        onClick={() => {
          changeViews((views) => views.filter((each) => each.name !== name));
          say(`Deleted ${shown}`, {
            label: 'Undo',
            run: () => changeViews((views) => withView(views, { name, hash })),
          });
        }}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
