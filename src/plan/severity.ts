// Severities, in order.

export const SEVERITIES = ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Higher is worse; UNKNOWN is lowest. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
