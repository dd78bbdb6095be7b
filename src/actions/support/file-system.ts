/** File systems whose data is on, or shared with, another machine; any of them may hang. */
export const REMOTE_FILE_SYSTEMS = [
  '9p',
  'afs',
  'beegfs',
  'ceph',
  'cifs',
  'coda',
  'davfs',
  'gfs2',
  'glusterfs',
  'gpfs',
  'lustre',
  'ncpfs',
  'nfs',
  'nfs4',
  'ocfs2',
  'orangefs',
  'prl_fs',
  'pvfs2',
  'smb3',
  'smbfs',
  'vboxsf',
  'virtiofs',
  'vmhgfs',
] as const;

const REMOTE: ReadonlySet<string> = new Set(REMOTE_FILE_SYSTEMS);

/** Whether a file system of this type, as in `/proc/mounts`, belongs to this host alone. A FUSE daemon may reach anywhere, so it does not count as local. */
export function isLocal(fsType: string): boolean {
  return !REMOTE.has(fsType) && fsType !== 'fuse' && !fsType.startsWith('fuse.');
}

/** Images: they cannot be written, and so are always full. */
export const IMAGES = ['squashfs', 'iso9660', 'udf', 'erofs', 'cramfs', 'romfs'] as const;

/** Whether nothing can ever be written to a file system of this type. */
export function isImage(fsType: string): boolean {
  return IMAGES.some((type) => type === fsType);
}
