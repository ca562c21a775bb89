// Numbers and times as people read them.
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = value => whole.format(value);

export function time(ms, withMillis = false) {
  if (!ms) return '–';
  const date = new Date(ms);
  const text = clock.format(date) + (withMillis ? `.${String(Math.floor(ms % 1000)).padStart(3, '0')}` : '');
  return date.toDateString() === new Date().toDateString() ? text : `${day.format(date)} ${text}`;
}

// A length of time given in ms.
export function duration(ms) {
  if (ms === 0) return '0';
  if (ms < 1) return `${trim(ms * 1000)} µs`;
  if (ms < 1000) return `${trim(ms)} ms`;
  if (ms < 60_000) return `${trim(ms / 1000)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Three significant digits.
export const trim = value => Number(value.toPrecision(3)).toString();

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const decimal = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']];

// A value of an instrument with a UCUM unit; rates are per second.
export function measure(value, unit, isRate) {
  if (value === null || value === undefined) return '–';
  const per = isRate ? '/s' : '';
  if (unit === 'By') {
    let step = 0;
    while (Math.abs(value) >= 1024 && step < binary.length - 1) { value /= 1024; step++; }
    return `${trim(value)} ${binary[step]}${per}`;
  }
  if (unit === 's' && !isRate) return duration(value * 1000);
  if (unit === 'ms' && !isRate) return duration(value);
  const magnitude = Math.abs(value);
  const [size, prefix] = decimal.find(([bound]) => magnitude >= bound) ?? [1, ''];
  const name = /^\{.*\}$/.test(unit) ? unit.slice(1, -1) : unit === '1' || unit === '%' ? unit.replace('1', '') : unit;
  const shown = `${trim(value / size)}${prefix ? ` ${prefix}` : ''}`;
  return `${shown}${name ? `${prefix && !/^\{/.test(unit) ? '' : ' '}${name}` : ''}${per}`;
}

export function ago(ms, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - ms) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}
