/** @throws RangeError when a flag is not a whole number above 0. */
export function wholeNumber(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`--${name} is '${text}'; give a whole number above 0`);
  return value;
}

/** @throws RangeError when a flag has none of the allowed values. */
export function oneOf(name, text, allowed) {
  if (!allowed.includes(text)) throw new RangeError(`--${name} is '${text}'; allowed are ${allowed.join(', ')}`);
  return text;
}
