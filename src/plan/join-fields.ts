// Fields -> one line of CSV, as buildx reads its flags.

/** Quotes what would otherwise end a field; the reverse of splitFields(). */
export function joinFields(fields: readonly string[]): string {
  return fields.map(field => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
