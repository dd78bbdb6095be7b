/** What became of one try. `note` is for people, and holds no part of a URL but its host. */
export type Delivery =
  | { readonly kind: 'sent'; readonly note: string }
  /** Another time it may go well. `afterMs`: not before; absent: as ours says. */
  | { readonly kind: 'later'; readonly note: string; readonly afterMs?: number }
  /** It would be the same each time. */
  | { readonly kind: 'never'; readonly note: string };
