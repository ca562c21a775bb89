// A colour for each resource of a trace: the same name, the same colour, on every page. Told apart in both themes.
const hues = 8;
const given = new Map();

export function colourClass(name) {
  if (!given.has(name)) given.set(name, given.size % hues);
  return `hue-${given.get(name)}`;
}
