// A place outside this machine where files survive between runs. runner/cache.ts implements it; without one everything works, slower.

/** Never throws and never decides: whatever fails is one warning and counts as "not there". Contents are untrusted: hash what you restore. */
export interface CacheStore {
  /** Puts the files back where they were saved from. Resolves to the key that was found (`key`, or the newest that begins with one of `prefixes`). */
  restore(key: string, paths: readonly string[], prefixes?: readonly string[]): Promise<string | undefined>;
  save(key: string, paths: readonly string[]): Promise<void>;
}
