import { StoreFault } from '../model/store-fault.ts';
import type { Reserve } from './reserve.ts';

/** Result codes of SQLite (sqlite.org/rescode.html); the lowest byte is the kind, the rest says more. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const NOTADB = 26;
const IOERR_FSYNC = 1034;
const IOERR_DIR_FSYNC = 1290;

/** What a failed write was, in words. */
export function faultOf(cause: unknown, reserve: Pick<Reserve, 'isDiskFull'>): StoreFault {
  if (cause instanceof StoreFault) return cause;
  const { errcode = 0, code } = cause as { readonly errcode?: number; readonly code?: string };
  const said = cause instanceof Error ? cause.message : String(cause);
  if (code === 'ENOENT') return new StoreFault('gone', `the folder of the store is gone (${said})`, cause);
  switch (errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return new StoreFault('busy', `another program keeps the store locked (${said})`, cause);
    case FULL:
      return new StoreFault('full', `there is no room where the store is (${said})`, cause);
    case READONLY:
      return new StoreFault('broken', `the store cannot be written any more (${said})`, cause);
    case CORRUPT:
    case NOTADB:
      return new StoreFault('broken', `the store is damaged (${said})`, cause);
    case IOERR:
      // After a failed fsync nobody knows what is on the disk, and a second one may report success that never was.
      if (errcode !== IOERR_FSYNC && errcode !== IOERR_DIR_FSYNC && reserve.isDiskFull())
        return new StoreFault('full', `there is no room where the store is (${said})`, cause);
      return new StoreFault('broken', `the disk of the store failed (${said})`, cause);
    default:
      return new StoreFault('broken', said, cause);
  }
}
