/** How much longer than on an idle machine something may take in tests: where other work runs beside, only a tenfold slowdown fails. */

const { process } = globalThis as unknown as { process: { env: Record<string, string | undefined> } };

export const SLACK = process.env["CI"] === undefined ? 1 : 10;
