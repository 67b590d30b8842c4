import { copy, say } from '../state/toast.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

interface CopyButtonProps {
  label: string;
  /** Names the copied thing: `Copied the export`. */
  what: string;
  icon?: IconName;
  text: () => string | Promise<string>;
}

export function CopyButton({ label, what, icon = 'copy', text }: CopyButtonProps) {
  const run = async () => {
    try {
      await copy(await text(), what);
    } catch (error) {
      say(error instanceof Error ? error.message : `Could not copy ${what}`);
    }
  };
  return (
    <button type="button" onClick={() => void run()}>
      <Icon name={icon} />
      {label}
    </button>
  );
}
