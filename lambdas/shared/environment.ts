/**
 * A setting the deployment gives the function.
 * @throws Error at start when it is missing, so that a wrong deployment fails before its first request
 */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is missing`);
  return value;
}
