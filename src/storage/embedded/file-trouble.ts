/** Whether an error tells of a file whose contents are not what was written: cut, overwritten or empty. */
export const isDamage = (error: unknown): boolean =>
  /not a valid DuckDB database file|Corrupt (database|WAL) file|Could not read enough bytes|Serialization Error|deserialize/i.test(
    String(error),
  )

/** Whether an error ends all use of the files until they are opened again. */
export const isFatal = (error: unknown): boolean => /FATAL|INTERNAL Error|invalidated/i.test(String(error))

/** Whether a file cannot be attached because it is not yet let go of where it was attached before. */
export const isStillHeld = (error: unknown): boolean => /file handle conflict/i.test(String(error))
