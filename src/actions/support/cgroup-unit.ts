/** The innermost unit of a cgroup path, empty when there is none: of containers and user managers the one that runs the process. */
export function unitOfCgroup(path: string): string {
  return path.split('/').findLast((part) => /\.(?:service|scope|socket|mount|swap)$/.test(part)) ?? '';
}
