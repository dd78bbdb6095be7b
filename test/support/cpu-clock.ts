/** Milliseconds of this processor that the thread has spent since now, whatever else runs on the machine. */
export function startCpuClock(): () => number {
  const started = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(started);
    return (user + system) / 1000;
  };
}
