/** What a difference says of mode and owner; empty when they stay. */
export function metadataLines(
  before: { readonly mode: string; readonly uid: number; readonly gid: number },
  after: { readonly mode: string; readonly uid: number; readonly gid: number },
): readonly string[] {
  return [
    ...(before.mode === after.mode ? [] : [`mode ${before.mode} -> ${after.mode}`]),
    ...(before.uid === after.uid && before.gid === after.gid
      ? []
      : [`owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`]),
  ];
}
