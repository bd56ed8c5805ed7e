// The version that logs, reports and the record name; equal to package.json's (a test compares).

export const VERSION = '0.1.0';
