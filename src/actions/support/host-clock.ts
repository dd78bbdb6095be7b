/**
 * POSIX sh. Times are hundredths of a second, from a clock that nobody can set.
 *
 * - `clock` sets `uptime`, or fails.
 * - `pause HUNDREDTHS` waits; a `sleep` that knows no fractions takes a whole second.
 */
export const HOST_CLOCK_SH = `
clock() {
  { read -r uptime rest </proc/uptime; } 2>/dev/null && uptime=\${uptime%.*}\${uptime#*.}
}
pause() {
  hundredths=$(($1 % 100))
  [ "$hundredths" -gt 9 ] || hundredths=0$hundredths
  sleep "$(($1 / 100)).$hundredths" 2>/dev/null || sleep 1
}
`;
