/** `2026-11-23 14:05:09` in the time zone of this machine. */
export function localTime(timestamp: string): string {
  const time = new Date(timestamp);
  const two = (number: number): string => String(number).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
