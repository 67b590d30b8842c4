/** The values of `storage.durability`, the default first. */
export const DURABILITIES = ['process', 'turn', 'fsync'];

/** The durability of the case that runs now. Cases run one after the other. */
let current = DURABILITIES[0];

export function durability() {
  return current;
}

export function useDurability(next) {
  current = next;
}

/** The runs of a case: in each durability where its `each` says so (`'short'`: in the short form too), else in the default. */
export function runsOf({ name, each }, { short, only }) {
  const all = each === 'short' || (each && !short) ? DURABILITIES : DURABILITIES.slice(0, 1);
  return all
    .filter((one) => only === '' || one === only)
    .map((one) => ({ name: one === DURABILITIES[0] ? name : `${name} (${one})`, durability: one }));
}
