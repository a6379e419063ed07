/** Times on the screen: always in a named zone, so that two people on the phone read the same. */

const formats = new Map<string, Intl.DateTimeFormat>();

function parts(at: Date, zone: string): Record<string, string> {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

/** How much of a time is shown. */
export type TimeStyle = 'full' | 'second' | 'minute' | 'day' | 'clock' | 'milli' | 'hour';

/** Writes an instant in a zone: full 2026-11-18 20:53:12, second 11-18 20:53:12, minute 11-18 20:53, day 2026-11-18, clock 20:53:12, milli 11-18 20:53:12.123, hour 20:53. */
export function formatTime(at: string | Date, zone: string, style: TimeStyle): string {
  const instant = typeof at === 'string' ? new Date(at) : at;
  if (Number.isNaN(instant.getTime())) return '';
  const p = parts(instant, zone);
  const day = `${p.month}-${p.day}`;
  const clock = `${p.hour}:${p.minute}:${p.second}`;
  switch (style) {
    case 'full':
      return `${p.year}-${day} ${clock}`;
    case 'second':
      return `${day} ${clock}`;
    case 'milli':
      return `${day} ${clock}.${p.fractionalSecond}`;
    case 'minute':
      return `${day} ${p.hour}:${p.minute}`;
    case 'day':
      return `${p.year}-${day}`;
    case 'clock':
      return clock;
    case 'hour':
      return `${p.hour}:${p.minute}`;
  }
}

/** The short name of a zone at an instant: JST, UTC, EST, GMT+5:30. */
export function zoneName(zone: string, at: Date): string {
  for (const locale of ['ja-JP', 'en-US', 'en-GB']) {
    const name = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })
      .formatToParts(at)
      .find((part) => part.type === 'timeZoneName')?.value;
    if (name && !name.startsWith('GMT')) return name;
  }
  return (
    new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' })
      .formatToParts(at)
      .find((part) => part.type === 'timeZoneName')?.value ?? zone
  );
}

/** Reads "2026-11-18T20:53" as local time of a zone. Answers undefined when it is no time. */
export function parseLocal(text: string, zone: string): Date | undefined {
  const asUTC = new Date(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (Number.isNaN(asUTC.getTime())) return undefined;
  // Twice, because the offset may differ on the two sides of a change of clocks.
  let instant = asUTC;
  for (let i = 0; i < 2; i++) instant = new Date(asUTC.getTime() - zoneOffset(instant, zone));
  return instant;
}

/** Writes an instant as the value of a datetime-local input in a zone. */
export function toLocal(at: Date, zone: string): string {
  const p = parts(at, zone);
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
export function zoneOffset(at: Date, zone: string): number {
  const p = parts(at, zone);
  const local = Date.UTC(
    Number(p.year),
    Number(p.month) - 1,
    Number(p.day),
    Number(p.hour),
    Number(p.minute),
    Number(p.second),
  );
  return local - Math.floor(at.getTime() / 1000) * 1000;
}

/** A length of time in its largest two units. */
export type Span = { unit: 'second' | 'minute' | 'hour' | 'day'; n: number; rest: number };

/** Splits seconds for display: seconds below a minute, minutes below an hour, hours and minutes below two days, else days. */
export function span(seconds: number): Span {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return { unit: 'second', n: s, rest: 0 };
  if (s < 3600) return { unit: 'minute', n: Math.floor(s / 60), rest: 0 };
  if (s < 48 * 3600) return { unit: 'hour', n: Math.floor(s / 3600), rest: Math.floor((s % 3600) / 60) };
  return { unit: 'day', n: Math.floor(s / 86400), rest: 0 };
}

/** One end of a time range in the address bar: "now", "now-24h", or an instant. */
export function resolveTime(text: string, now: Date): Date | undefined {
  const relative = /^now(?:-(\d+)([mhd]))?$/.exec(text);
  if (!relative) {
    const at = new Date(text);
    return Number.isNaN(at.getTime()) ? undefined : at;
  }
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[relative[2] as 'm' | 'h' | 'd'];
  return new Date(now.getTime() - (relative[1] ? Number(relative[1]) * unit : 0));
}
